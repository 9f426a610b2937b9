package dev.candlewick.ingest;

import com.zaxxer.hikari.HikariConfig;
import dev.candlewick.net.DatabaseSession;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;

/** The connections of the write way: how many there are, and what none of them may wait for. */
final class WritePool {
  private WritePool() {}

  static HikariConfig config(IngestConfig config, MeterRegistry registry) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("ingest");
    pool.setJdbcUrl(config.database().jdbcUrl());
    pool.setUsername(config.database().user());
    pool.setPassword(config.database().password());
    pool.setAutoCommit(false);
    // One a lane, one each for the roll-up and NOTIFY, two for hello and Idempotency-Keys, two for
    // kinds.
    pool.setMaximumPoolSize(config.lanes() + 6);
    // A lane that gets no connection in this time begins to spool.
    pool.setConnectionTimeout(1_000);
    pool.setValidationTimeout(900);
    pool.setKeepaliveTime(120_000);
    pool.setMaxLifetime(1_800_000);
    pool.setInitializationFailTimeout(-1);
    pool.setMetricRegistry(registry);
    // A silent connection must not hold a lane: sockets, statements and locks all end.
    pool.addDataSourceProperty("connectTimeout", "5");
    pool.addDataSourceProperty("loginTimeout", "5");
    pool.addDataSourceProperty("socketTimeout", "15");
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    pool.addDataSourceProperty("ApplicationName", "candlewick-ingest");
    // How much of the columnstore a batch may unpack is bounded by the time it has, not by rows: a
    // correction for each of a hundred instruments would be over that bound each time it is tried.
    pool.addDataSourceProperty(
        "options",
        DatabaseSession.options(
            Map.of(
                "statement_timeout", "10s",
                "lock_timeout", "5s",
                "idle_in_transaction_session_timeout", "20s",
                "default_transaction_isolation", "read committed",
                "plan_cache_mode", "auto",
                "timescaledb.max_tuples_decompressed_per_dml_transaction", "0")));
    return pool;
  }
}
