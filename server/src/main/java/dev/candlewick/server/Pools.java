package dev.candlewick.server;

import dev.candlewick.net.DatabaseSession;
import dev.candlewick.server.memory.Memory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Connections for everything that must not block.
 *
 * @param reads on a replica, if one is configured
 * @param primary where what was just committed is visible
 * @param opened how many connections were opened: what is remembered of a database is valid no
 *     longer than its connections, because one that went back in time has closed them all
 * @param memory what was read through them lately; none if reads go to a replica
 */
record Pools(Pool reads, Pool primary, AtomicLong opened, Memory memory) {
  /**
   * Planning with the actual values is what excludes chunks. At read committed a statement looks at
   * the chunks when it is planned and at the rows a moment later: rows that the roll-up moved to a
   * new chunk in between would be in neither place. At repeatable read both are as of one moment.
   */
  private static final Map<String, String> SESSION =
      Map.of(
          "application_name", DatabaseSession.READS,
          "statement_timeout", Long.toString(DatabaseSession.LONGEST_READ.toMillis()),
          "lock_timeout", "0",
          "idle_in_transaction_session_timeout", "20000",
          // Sessions of an instance that froze: a living one ends or uses its own much sooner.
          "idle_session_timeout", "60000",
          "default_transaction_isolation", "repeatable read",
          "plan_cache_mode", "force_custom_plan");

  /**
   * A connection that has been silent this long is dead, and nothing else would end it: the pool
   * has no deadline for connections in use. Longer than a connection may be idle plus the longest
   * statement.
   */
  private static final int SILENT_SECONDS = 12;

  private static final int IDLE_SECONDS = 5;

  static Pool open(
      Vertx vertx, String name, DatabaseUrl database, int size, int queue, AtomicLong opened) {
    PoolOptions options =
        new PoolOptions()
            .setName(name)
            .setMaxSize(size)
            .setMaxWaitQueueSize(queue)
            .setConnectionTimeout(5)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setMaxLifetime(30)
            .setMaxLifetimeUnit(TimeUnit.MINUTES);
    ClientBuilder<Pool> pool =
        PgBuilder.pool()
            .with(net(5_000))
            .with(options)
            .withConnectHandler(
                connection -> {
                  opened.incrementAndGet();
                  connection.close();
                })
            .using(SilentDatabase.cutting(vertx, SILENT_SECONDS));
    if (database.hosts().size() == 1) {
      return pool.connectingTo(connect(database, database.hosts().get(0))).build();
    }
    Hosts hosts = new Hosts(vertx, name, database);
    return pool.connectingTo(hosts::wanted).build();
  }

  private static NetClientOptions net(int connectMillis) {
    return new NetClientOptions().setConnectTimeout(connectMillis).setTcpKeepAlive(true);
  }

  /** Several hosts, each asked for its role before a connection is opened. */
  private static final class Hosts {
    private static final String IS_REPLICA = "select pg_is_in_recovery()";
    private static final int CONNECT_MILLIS = 2_000;

    private final DatabaseUrl database;
    private final List<Pool> asked;

    Hosts(Vertx vertx, String name, DatabaseUrl database) {
      this.database = database;
      this.asked =
          database.hosts().stream()
              .map(
                  host ->
                      PgBuilder.pool()
                          .with(net(CONNECT_MILLIS))
                          .with(
                              new PoolOptions()
                                  .setName(name + " of " + host)
                                  .setMaxSize(1)
                                  .setConnectionTimeout(CONNECT_MILLIS)
                                  .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                                  .setIdleTimeout(IDLE_SECONDS)
                                  .setIdleTimeoutUnit(TimeUnit.SECONDS))
                          .connectingTo(connect(database, host))
                          .using(SilentDatabase.cutting(vertx, SILENT_SECONDS))
                          .build())
              .toList();
    }

    Future<SqlConnectOptions> wanted() {
      List<Future<Boolean>> replicas =
          asked.stream()
              .map(
                  pool ->
                      pool.query(IS_REPLICA)
                          .execute()
                          .timeout(CONNECT_MILLIS, TimeUnit.MILLISECONDS)
                          .map(rows -> rows.iterator().next().getBoolean(0)))
              .toList();
      return switch (database.target()) {
        case ANY -> first(replicas, replica -> true);
        case PRIMARY -> first(replicas, replica -> !replica);
        case STANDBY -> first(replicas, replica -> replica);
        case PREFER_STANDBY ->
            first(replicas, replica -> replica).recover(none -> first(replicas, any -> true));
      };
    }

    private Future<SqlConnectOptions> first(
        List<Future<Boolean>> replicas, Predicate<Boolean> wanted) {
      List<Future<SqlConnectOptions>> fitting = new ArrayList<>();
      for (int i = 0; i < replicas.size(); i++) {
        DatabaseUrl.Host host = database.hosts().get(i);
        fitting.add(
            replicas
                .get(i)
                .compose(
                    replica ->
                        wanted.test(replica)
                            ? Future.succeededFuture(connect(database, host))
                            : Future.failedFuture("no host of several is what is wanted")));
      }
      return Future.any(fitting)
          .map(
              found ->
                  fitting.stream().filter(Future::succeeded).findFirst().orElseThrow().result());
    }
  }

  private static PgConnectOptions connect(DatabaseUrl database, DatabaseUrl.Host host) {
    PgConnectOptions connect =
        new PgConnectOptions()
            .setHost(host.name())
            .setPort(host.port())
            .setDatabase(database.database())
            .setUser(database.user())
            .setPassword(database.password())
            .setCachePreparedStatements(!database.isLentByTransaction())
            .setUseLayer7Proxy(database.isLentByTransaction());
    if (!database.isLentByTransaction()) {
      DatabaseSession.SETTINGS.forEach(connect::addProperty);
      DatabaseSession.ALIVE.forEach(connect::addProperty);
      SESSION.forEach(connect::addProperty);
    }
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
