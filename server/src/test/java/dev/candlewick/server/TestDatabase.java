package dev.candlewick.server;

import dev.candlewick.server.Migrator.UnreachableException;
import dev.candlewick.server.Migrator.UnsuitableException;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Databases of this JVM's own, dropped when it ends. The server it lives on is the one that
 * CANDLEWICK_TEST_DB_URL names, else a container if a Docker engine answers, else the cluster
 * {@code test} of the script {@code sql/timescaledb}. With none of them every test fails.
 */
public final class TestDatabase {
  private static final String IMAGE = "timescale/timescaledb:2.29.2-pg17";

  /** Those that have any: to empty a table takes longer than to look. */
  private static final String CLEAR_RECORDS =
      """
      do $$
      declare
        name text;
        held boolean;
      begin
        for name in select tablename from pg_tables where schemaname = 'record' loop
          execute format('select exists (select from record.%1$I) '
                         'or exists (select from record_latest.%1$I)', name) into held;
          if held then
            execute format('truncate record.%1$I, record_latest.%1$I', name);
          end if;
        end loop;
      end
      $$
      """;

  private static volatile boolean shared;

  private final URI server;
  private final String name;

  private TestDatabase(URI server, String name) {
    this.server = server;
    this.name = name;
  }

  /** The one migrated database of this JVM. */
  public static TestDatabase shared() {
    return Shared.DATABASE;
  }

  /** Empties the shared one, if any test has used it yet. */
  static void clearIfShared() {
    if (shared) {
      shared().clear();
    }
  }

  /** A new database without any schema, for a server that migrates it itself. */
  public static TestDatabase empty() {
    return emptyOn(Found.URL);
  }

  private static TestDatabase emptyOn(URI server) {
    TestDatabase database = emptyOn(server, "pg_default");
    Runtime.getRuntime().addShutdownHook(new Thread(database::drop));
    return database;
  }

  /** The same on a server that the test starts and wipes itself; the URL is a superuser's. */
  static TestDatabase emptyOn(URI server, String tablespace) {
    String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    at(server).execute("create database " + name + " tablespace " + tablespace);
    return new TestDatabase(server, name);
  }

  /** The database that a URL names, as it is. */
  static TestDatabase at(URI url) {
    return new TestDatabase(url, url.getPath().substring(1));
  }

  private static final class Found {
    static final URI URL = server();
  }

  private static final class Shared {
    static final TestDatabase DATABASE = empty();

    static {
      DATABASE.migrate();
      shared = true;
    }
  }

  private void drop() {
    at(server).execute("drop database " + name + " with (force)");
  }

  private static URI server() {
    String url = System.getenv("CANDLEWICK_TEST_DB_URL");
    if (url != null && !url.isBlank()) {
      return URI.create(url);
    }
    return DockerClientFactory.instance().isDockerAvailable() ? container() : cluster();
  }

  private static URI container() {
    // Stopped by Testcontainers when this JVM ends.
    PostgreSQLContainer container =
        new PostgreSQLContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("postgres"))
            .withEnv("NO_TS_TUNE", "true")
            .withStartupTimeout(Duration.ofMinutes(2));
    container.start();
    return URI.create(
        "postgresql://%s:%s@%s:%d/%s"
            .formatted(
                container.getUsername(),
                container.getPassword(),
                container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                container.getDatabaseName()));
  }

  private static URI cluster() {
    String script = Path.of("..", "sql", "timescaledb").toString();
    try {
      Process start =
          new ProcessBuilder("bash", script, "start", "--name", "test", "--fast")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String url = new String(start.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (start.waitFor() != 0) {
        throw new IllegalStateException("no TimescaleDB for the tests: " + script + " failed");
      }
      return URI.create(url.strip());
    } catch (IOException e) {
      throw new IllegalStateException("no TimescaleDB for the tests: " + script, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Brings an empty one to the schema of this version, as the command does. */
  public void migrate() {
    try {
      new Migrator(DatabaseUrl.parse(url())).migrate();
    } catch (UnsuitableException | UnreachableException e) {
      throw new IllegalStateException("no TimescaleDB for the tests", e);
    }
    // A policy at work and a test that empties its tables may wait for each other.
    execute("select _timescaledb_functions.stop_background_workers()");
  }

  /** {@code postgresql://user:password@host:port/database}. */
  public String url() {
    return "postgresql://%s@%s:%d/%s"
        .formatted(server.getRawUserInfo(), server.getHost(), server.getPort(), name);
  }

  /** A JDBC connection of the test's own. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(server, name));
  }

  /** A pool on this database as the server opens it. */
  public Pool pool(Vertx vertx) {
    return Pools.open(vertx, "test", DatabaseUrl.parse(url()), 4, 1_000, new AtomicLong());
  }

  /** Runs statements, parted by semicolons. */
  public void execute(String sql) {
    execute(jdbcUrl(server, name), sql);
  }

  /** The one value of a query. */
  public String text(String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl(server, name));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The one whole number of a query. */
  public long number(String sql) {
    return Long.parseLong(text(sql));
  }

  /** Empties every table that a test may have filled. */
  public void clear() {
    execute(CLEAR_RECORDS);
    execute(
        """
        truncate market.trades, market.quotes, market.candles_1m, market.candles_native,
          market.instruments, ingest.streams, ingest.dirty, ingest.amended,
          ingest.rejects, ingest.idempotency, ingest.dropped, ingest.kafka_topics,
          ingest.plans, ingest.feature_sets, ingest.feature_progress, ingest.plan_days,
          ingest.candles_out, ingest.candle_topic,
          ingest.archiving, ingest.archive, ingest.identity
          restart identity;
        truncate market.candles_5m;
        truncate market.candles_15m;
        truncate market.candles_1h;
        truncate market.candles_4h;
        truncate market.candles_1d
        """);
  }

  private static void execute(String jdbcUrl, String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static String jdbcUrl(URI server, String database) {
    String[] user = server.getUserInfo().split(":", 2);
    return "jdbc:postgresql://%s:%d/%s?user=%s&password=%s"
        .formatted(server.getHost(), server.getPort(), database, user[0], user[1]);
  }
}
