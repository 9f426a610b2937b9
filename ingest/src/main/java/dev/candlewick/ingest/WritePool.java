package dev.candlewick.ingest;

import com.zaxxer.hikari.HikariConfig;
import dev.candlewick.net.DatabaseSession;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;

/**
 * The connections of the write path: how many there are, and the timeouts that keep any of them
 * from waiting for ever.
 */
final class WritePool {
  static final Duration LONGEST_STATEMENT = Duration.ofSeconds(10);

  private WritePool() {}

  static HikariConfig config(IngestConfig config, MeterRegistry registry) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("ingest");
    pool.setJdbcUrl(config.database().jdbcUrl());
    pool.setUsername(config.database().user());
    pool.setPassword(config.database().password());
    pool.setAutoCommit(false);
    // One per lane, one each for the roll-up, NOTIFY and abandoned statements, two for hello and
    // Idempotency-Keys, two for kinds.
    pool.setMaximumPoolSize(config.lanes() + 7);
    // A lane that gets no connection within this time starts spooling.
    pool.setConnectionTimeout(1_000);
    pool.setValidationTimeout(900);
    pool.setKeepaliveTime(120_000);
    pool.setMaxLifetime(1_800_000);
    pool.setInitializationFailTimeout(-1);
    pool.setMetricRegistry(registry);
    // A silent connection must not block a lane: sockets, statements and locks all time out.
    pool.addDataSourceProperty("connectTimeout", "5");
    pool.addDataSourceProperty("loginTimeout", "5");
    pool.addDataSourceProperty("socketTimeout", "15");
    pool.addDataSourceProperty("ApplicationName", "candlewick-ingest");
    // How much of the columnstore a batch may decompress is limited by its time, not by rows: a
    // correction for each of a hundred instruments would exceed that limit on every attempt.
    pool.addDataSourceProperty(
        "options",
        DatabaseSession.options(
            Map.of(
                "statement_timeout", Long.toString(LONGEST_STATEMENT.toMillis()),
                "lock_timeout", "5s",
                "idle_in_transaction_session_timeout", "20s",
                // Sessions of an instance that froze: a living one's are kept alive.
                "idle_session_timeout", "300s",
                "default_transaction_isolation", "read committed",
                "plan_cache_mode", "auto",
                "timescaledb.max_tuples_decompressed_per_dml_transaction", "0")));
    return pool;
  }
}
