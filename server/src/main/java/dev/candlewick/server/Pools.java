package dev.candlewick.server;

import dev.candlewick.net.DatabaseSession;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Connections for everything that does not block.
 *
 * @param reads on a replica, if one is named
 * @param primary where what was just committed is seen
 * @param opened how many connections were opened: what is remembered of a database holds no longer
 *     than its connections, since one that went back in time has closed them all
 */
record Pools(Pool reads, Pool primary, AtomicLong opened) {
  /**
   * Planning with the values at hand is what excludes chunks. A statement that reads committed rows
   * looks at the chunks when it is planned and at the rows a moment later: what the roll-up moved
   * to a new chunk in between would be in neither place. At repeatable read both are as they were
   * at one moment.
   */
  private static final Map<String, String> SESSION =
      Map.of(
          "application_name", "candlewick-read",
          "statement_timeout", "5000",
          "lock_timeout", "0",
          "idle_in_transaction_session_timeout", "20000",
          "default_transaction_isolation", "repeatable read",
          "plan_cache_mode", "force_custom_plan");

  /**
   * A connection on which nothing has come for so long is dead, and nothing else would end it: the
   * pool has no deadline for what it has lent. It is more than a connection may be idle and a
   * statement may then take.
   */
  private static final int SILENT_SECONDS = 12;

  private static final int IDLE_SECONDS = 5;

  static Pool open(
      Vertx vertx, String name, DatabaseUrl database, int size, int queue, AtomicLong opened) {
    return PgBuilder.pool()
        .with(
            new NetClientOptions()
                .setConnectTimeout(5_000)
                .setTcpKeepAlive(true)
                .setReadIdleTimeout(SILENT_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS))
        .with(
            new PoolOptions()
                .setName(name)
                .setMaxSize(size)
                .setMaxWaitQueueSize(queue)
                .setConnectionTimeout(5)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setMaxLifetime(30)
                .setMaxLifetimeUnit(TimeUnit.MINUTES))
        .connectingTo(connect(database))
        .withConnectHandler(
            connection -> {
              opened.incrementAndGet();
              connection.close();
            })
        .using(vertx)
        .build();
  }

  private static PgConnectOptions connect(DatabaseUrl database) {
    PgConnectOptions connect =
        new PgConnectOptions()
            .setHost(database.host())
            .setPort(database.port())
            .setDatabase(database.database())
            .setUser(database.user())
            .setPassword(database.password())
            .setCachePreparedStatements(true);
    DatabaseSession.SETTINGS.forEach(connect::addProperty);
    SESSION.forEach(connect::addProperty);
    SslMode mode = SslMode.of(database.sslMode());
    connect.setSslMode(mode);
    if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
      connect.setSslOptions(
          new ClientSSLOptions()
              .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "")
              .setTrustOptions(new PemTrustOptions().addCertPath(database.sslRootCertificate())));
    } else if (mode != SslMode.DISABLE) {
      connect.setSslOptions(
          new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
    }
    return connect;
  }
}
