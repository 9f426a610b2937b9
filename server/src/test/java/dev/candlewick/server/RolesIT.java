package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candlewick.archive.Archive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** sql/roles.sql on a database of its own: each role can do its work, and no more. */
class RolesIT {
  private static final String PREFIX =
      "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 8) + "_";
  private static final String PASSWORD = "of-a-test";
  private static final DatabaseUrl SUPERUSER = DatabaseUrl.parse(TestDatabase.shared().url());
  private static final String DATABASE = PREFIX + "roles";

  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws Exception {
    execute(SUPERUSER, "create database " + DATABASE);
    DatabaseUrl superuser = as(SUPERUSER.user(), SUPERUSER.password());
    String roles =
        Files.readString(Path.of("..", "sql", "roles.sql")).replace("candlewick_", PREFIX);
    execute(superuser, roles);
    for (String role : new String[] {"migrator", "writer", "reader"}) {
      execute(superuser, "alter role " + PREFIX + role + " password '" + PASSWORD + "'");
    }
    new Migrator(role("migrator")).migrate();
    execute(superuser, roles);
  }

  @AfterAll
  static void drop() {
    execute(SUPERUSER, "drop database " + DATABASE + " with (force)");
    for (String role : new String[] {"migrator", "writer", "reader", "rollup"}) {
      execute(SUPERUSER, "drop role " + PREFIX + role);
    }
  }

  private static DatabaseUrl as(String user, String password) {
    return new DatabaseUrl(SUPERUSER.host(), SUPERUSER.port(), DATABASE, user, password, Map.of());
  }

  private static DatabaseUrl role(String role) {
    return as(PREFIX + role, PASSWORD);
  }

  private static Map<String, String> environment(DatabaseUrl database) {
    Map<String, String> environment = new HashMap<>(RunningServer.environment(Map.of()));
    environment.put("CANDLEWICK_DB_URL", database.withPassword());
    environment.put("CANDLEWICK_DB_READ_URL", role("reader").withPassword());
    environment.put("CANDLEWICK_MIGRATE", "off");
    return environment;
  }

  private static void execute(DatabaseUrl database, String sql) {
    try (Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.properties());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static String text(String sql) throws SQLException {
    DatabaseUrl superuser = as(SUPERUSER.user(), SUPERUSER.password());
    try (Connection connection =
            DriverManager.getConnection(superuser.jdbcUrl(), superuser.properties());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into market.instruments (venue, symbol) values ('a', 'b')",
        "delete from market.trades",
        "set default_transaction_read_only = off; update ingest.streams set rows = 0",
        "set default_transaction_read_only = off; create table market.x ()",
        "set default_transaction_read_only = off; select ingest.drop_old_chunks('market.trades',"
            + " interval '1 day')",
        "select * from ingest.idempotency"
      })
  void readerCannotWrite(String sql) {
    assertThatThrownBy(() -> execute(role("reader"), sql))
        .hasMessageMatching("(?s).*(permission denied|read-only transaction).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drop table market.trades",
        "alter table market.trades add column x int",
        "create table market.x ()",
        "update ingest.schema_history set success = true",
        "select ingest.drop_old_chunks('ingest.streams', interval '1 day')",
        "select ingest.drop_old_chunks('market.trades', interval '1 minute')",
        "create role mallory"
      })
  void writerCannotChangeTheSchema(String sql) {
    assertThatThrownBy(() -> execute(role("writer"), sql))
        .hasMessageMatching("(?s).*(permission denied|must be owner|are not dropped).*");
  }

  @Test
  void writerSufficesToArchive() throws Exception {
    DatabaseUrl writer = role("writer");
    execute(
        writer,
        """
        insert into market.instruments (venue, symbol) values ('archived', 'S');
        insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)
          select id, now() - interval '20 days', 1, 1, 1, 0, 0 from market.instruments where venue = 'archived';
        insert into market.candles_1m (instrument_id, ts, open, high, low, close, volume, source)
          select id, date_trunc('hour', now()) - interval '60 days', 1, 1, 1, 1, 1, 2 from market.instruments where venue = 'archived';
        insert into ingest.archiving default values;
        select ingest.drop_old_chunks('market.trades', interval '7 days');
        select ingest.drop_old_chunks('market.candles_1m', interval '7 days');
        select ingest.drop_old_chunks('market.candles_5m', interval '7 days')
        """);
    List<String> told = new ArrayList<>();
    Archive archive = new Archive(writer.jdbcUrl(), writer.properties(), folder, told::add);
    assertThat(archive.run()).as("%s", told).isTrue();
    assertThat(text("select count(*) from market.trades where ts < now() - interval '10 days'"))
        .as("%s", told)
        .isEqualTo("0");
    assertThat(text("select count(*) from market.candles_1m where ts < now() - interval '10 days'"))
        .isEqualTo("0");
    execute(writer, "delete from ingest.archiving; delete from ingest.archive");
  }

  @Test
  void writerSufficesToServeWithoutMigrating() throws Exception {
    try (RunningServer server = RunningServer.of(environment(role("writer")))) {
      Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(5, ChronoUnit.HOURS);
      String row = "{\"venue\":\"v\",\"symbol\":\"s\",\"ts\":%d,\"price\":7,\"size\":1}";
      String body = "{\"rows\":[" + row.formatted(minute.toEpochMilli()) + "]}";
      assertThat(server.post("/v1/trades", body).body()).contains("\"inserted\":1");
      assertThat(server.get("/v1/kinds/orders").statusCode()).isEqualTo(200);
      String kind =
          "{\"key\":[\"id\"],\"columns\":[{\"name\":\"id\",\"type\":\"text\",\"required\":true}]}";
      assertThat(server.send("PUT", "/v1/kinds/by_writer", kind).statusCode()).isEqualTo(201);
      assertThat(
              server.post("/v1/records/by_writer", "{\"rows\":[{\"ts\":1,\"id\":\"a\"}]}").body())
          .contains("\"inserted\":1");
      long giveUp = System.nanoTime() + 20_000_000_000L;
      while (!rolledUp() && System.nanoTime() < giveUp) {
        Thread.sleep(100);
      }
      assertThat(text("select count(*) from market.candles_1m")).isEqualTo("1");
      assertThat(text("select count(*) from ingest.dirty")).as("marks left").isEqualTo("0");
      assertThat(server.get("/v1/candles?venue=v&symbol=s&timeframe=5m").body())
          .contains("\"close\":7");
      assertThat(server.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(server.get("/metrics").body())
          .contains("candlewick_rollup_failures_total 0.0")
          .doesNotContain("candlewick_retention_last_run_timestamp_seconds 0.0");
    }
  }

  private static boolean rolledUp() throws SQLException {
    return text("select count(*) from market.candles_1m").equals("1")
        && text("select count(*) from ingest.dirty").equals("0");
  }

  @Test
  void writerDropsOldChunksThroughTheOneFunctionForIt() {
    execute(role("writer"), "select ingest.drop_old_chunks('market.trades', interval '3650 days')");
  }

  @Test
  void serveWithoutMigratingRefusesADatabaseThatLacksMigrations() throws Exception {
    Map<String, String> environment = environment(role("writer"));
    ServerConfig config = ServerConfig.from(environment);
    execute(
        as(SUPERUSER.user(), SUPERUSER.password()),
        "alter table ingest.schema_history rename to h");
    assertThatThrownBy(() -> Migrator.of(config).check()).hasMessageContaining("migrations");
    execute(
        as(SUPERUSER.user(), SUPERUSER.password()),
        "alter table ingest.h rename to schema_history");
  }
}
