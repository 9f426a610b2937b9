package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.candlewick.archive.Archive;
import dev.candlewick.net.DatabaseSession;
import dev.candlewick.record.Retention;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main ways through a real pgbouncer in transaction mode, configured as server/pgbouncer.ini.
 */
class PoolerIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Path SAMPLE = Path.of("pgbouncer.ini");

  /** What a pooler carries from client to client by itself. */
  private static final Set<String> CARRIED =
      Set.of("datestyle", "intervalstyle", "standard_conforming_strings", "timezone");

  private static int port;
  private static Path folder;
  private static Process pooler;
  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> program =
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
            .map(path -> Path.of(path, "pgbouncer"))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      assertThat(System.getenv("CANDLEWICK_TEST_CLIENTS")).isNotEqualTo("required");
    }
    assumeThat(program).as("pgbouncer is installed").isPresent();
    DATABASE.clear();
    port = free();
    folder =
        Files.createTempDirectory(
            "candlewick-pooler",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    pooler = pooler(program.get(), port);
    ServerProcess.await("a pooler", Duration.ofSeconds(20), () -> listens(port));
    String url =
        "postgresql://%s@127.0.0.1:%d/%%s?pool_mode=transaction"
            .formatted(URI.create(DATABASE.url()).getRawUserInfo(), port);
    server =
        RunningServer.with(
            Map.of(
                "DB_URL", url.formatted("candlewick"),
                "DB_READ_URL", url.formatted("candlewick_reads"),
                "MIGRATE", "off"));
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static Process pooler(Path program, int port) throws IOException {
    URI url = URI.create(DATABASE.url());
    String[] login = url.getUserInfo().split(":", 2);
    Path users = folder.resolve("users");
    Files.writeString(users, "\"%s\" \"%s\"\n".formatted(login[0], login[1]));
    Path settings = folder.resolve("pgbouncer.ini");
    Files.writeString(
        settings,
        Files.readString(SAMPLE)
            .replace("host=DATABASE port=5432", "host=" + url.getHost() + " port=" + url.getPort())
            .replace("dbname=candlewick", "dbname=" + url.getPath().substring(1))
            .replace("listen_port = 6432", "listen_port = " + port)
            .replace("/etc/pgbouncer/userlist.txt", users.toString())
            // Far fewer than ask for one.
            .replace("default_pool_size = 10", "default_pool_size = 4"));
    List<String> command = new ArrayList<>(List.of(program.toString(), "--quiet"));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("--user", "nobody"));
    }
    command.add(settings.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
    if (pooler != null) {
      pooler.destroyForcibly().onExit().join();
      try (Stream<Path> files = Files.list(folder)) {
        files.forEach(file -> file.toFile().delete());
      }
      Files.delete(folder);
    }
  }

  @Test
  void theSampleSetsWhatTheServersSqlDependsOn() throws IOException {
    List<String> databases =
        Files.readAllLines(SAMPLE).stream().filter(line -> line.contains("connect_query")).toList();
    assertThat(databases).hasSize(2);
    DatabaseSession.SETTINGS.forEach(
        (name, value) -> {
          if (!CARRIED.contains(name)) {
            assertThat(databases).allMatch(line -> line.contains("set " + name + " = " + value));
          }
        });
  }

  /** Where one statement after another must see the same, the sample must have been obeyed. */
  @Test
  void readsSeeTheDatabaseAsItWasAtOneMoment() {
    TestDatabase aliased =
        TestDatabase.at(
            URI.create(
                "postgresql://%s@127.0.0.1:%d/candlewick_reads"
                    .formatted(URI.create(DATABASE.url()).getRawUserInfo(), port)));
    assertThat(aliased.text("show transaction_isolation")).isEqualTo("repeatable read");
    assertThat(aliased.text("show plan_cache_mode")).isEqualTo("force_custom_plan");
  }

  @Test
  void feedsAreStoredOnceAndCandlesAreRight() {
    List<SteadyFeed> feeds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      feeds.add(new SteadyFeed(() -> server.uri(""), "POOLED" + i, 100, 5));
    }
    feeds.forEach(feed -> feed.awaitDone(Duration.ofSeconds(60)));
    for (SteadyFeed feed : feeds) {
      feed.check(DATABASE);
      feed.checkCandles(DATABASE);
    }
    String path =
        "/v1/candles?venue=binance&symbol=POOLED0&timeframe=5m&from=" + (HOUR_AGO - 300_000);
    JsonArray candles = new JsonObject(server.get(path).body()).getJsonArray("candles");
    assertThat(candles.stream().mapToLong(row -> ((JsonObject) row).getLong("trades")).sum())
        .isEqualTo(500);
  }

  @Test
  void liveAndItsSnapshotAreOneSequence() {
    String at = "/v1/trades?venue=binance&symbol=LIVE&from=" + HOUR_AGO;
    assertThat(server.post("/v1/trades", body("LIVE", trade(HOUR_AGO, 1, 1, 1))).statusCode())
        .isEqualTo(200);
    try (RawSocket live = RawSocket.openAt(server.uri(""), "/v1/subscribe")) {
      live.text(
          "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"trades\",\"venue\":\"binance\",\"symbol\":\"LIVE\",\"last\":9}");
      List<Object> rows = new ArrayList<>();
      for (int id = 2; id < 6; id++) {
        String more = body("LIVE", trade(HOUR_AGO + id, id, 1, id));
        assertThat(server.post("/v1/trades", more).statusCode()).isEqualTo(200);
      }
      while (rows.size() < 5) {
        JsonObject message = live.json();
        message.getJsonArray("rows", new JsonArray()).forEach(rows::add);
      }
      assertThat(new JsonArray(rows))
          .isEqualTo(new JsonObject(server.get(at).body()).getJsonArray("trades"));
    }
  }

  @Test
  void recordsAreReadAsTheyWereWritten() {
    String order =
        "{\"rows\":[{\"ts\":%d,\"bot\":\"a\",\"order_id\":\"%s\",\"venue\":\"v\",\"symbol\":\"s\",\"side\":\"buy\",\"quantity\":\"1.50\"}]}";
    for (int i = 0; i < 5; i++) {
      assertThat(
              server
                  .post("/v1/records/orders", order.formatted(HOUR_AGO + i, "o" + i))
                  .statusCode())
          .isEqualTo(200);
      JsonObject read =
          new JsonObject(server.get("/v1/records/orders?bot=a&latest=true&from=0").body());
      assertThat(read.getJsonArray("rows")).hasSize(i + 1);
    }
  }

  @Test
  void oneArchiveAtATimeDropsWhatItWroteAndLeavesTheSessionsOfOthersAsTheyWere(
      @TempDir Path archive) throws Exception {
    long old = HOUR_AGO - Duration.ofDays(20).toMillis();
    assertThat(server.post("/v1/trades", body("OLD", trade(old, 1, 1, 1))).statusCode())
        .isEqualTo(200);
    ServerProcess.await(
        "the roll-up",
        Duration.ofSeconds(20),
        () -> DATABASE.number("select count(*) from ingest.dirty") == 0);
    Properties login = new Properties();
    URI direct = URI.create(DATABASE.url());
    String[] user = direct.getUserInfo().split(":", 2);
    login.setProperty("user", user[0]);
    login.setProperty("password", user[1]);
    String pooled = "jdbc:postgresql://127.0.0.1:" + port + "/candlewick?prepareThreshold=0";
    String own =
        "jdbc:postgresql://%s:%d%s".formatted(direct.getHost(), direct.getPort(), direct.getPath());
    Duration week = Duration.ofDays(7);
    Retention retention = new Retention(week, week, Retention.NONE.candles());
    List<String> told = new ArrayList<>();
    String stored = "select count(*) from market.trades where ts < now() - interval '10 days'";

    try (Connection first = DriverManager.getConnection(pooled, login);
        Statement statement = first.createStatement()) {
      first.setAutoCommit(false);
      statement.execute("select pg_advisory_xact_lock(740105)");
      assertThat(new Archive(pooled, login, archive, told::add).runByHand(retention)).isTrue();
      assertThat(new Archive(own, login, archive, told::add).runByHand(retention)).isTrue();
      assertThat(told)
          .containsExactly("another process is archiving", "another process is archiving");
      assertThat(DATABASE.number(stored)).isEqualTo(1);
    }
    assertThat(new Archive(pooled, login, archive, told::add).runByHand(retention))
        .as("%s", told)
        .isTrue();

    assertThat(DATABASE.number(stored)).as("%s", told).isZero();
    assertThat(archive.resolve("trades/venue=binance/symbol=OLD")).isDirectory();
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Connection one = DriverManager.getConnection(pooled, login);
        all.add(one);
        one.setAutoCommit(false);
        try (Statement statement = one.createStatement();
            ResultSet said = statement.executeQuery("show statement_timeout")) {
          said.next();
          assertThat(said.getString(1)).isEqualTo("10s");
        }
      }
    } finally {
      for (Connection one : all) {
        one.close();
      }
    }
  }
}
