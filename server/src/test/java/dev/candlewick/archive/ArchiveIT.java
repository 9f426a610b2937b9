package dev.candlewick.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.ImportCommand;
import dev.candlewick.client.format.Engine;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Rows past their retention: in files that another engine reads, and only then out of the database.
 */
class ArchiveIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final Instant OLD =
      Instant.now().truncatedTo(ChronoUnit.DAYS).minus(20, ChronoUnit.DAYS);
  private static final LocalDate DAY = LocalDate.ofInstant(OLD, ZoneOffset.UTC);
  private static RunningServer server;

  private final List<String> told = new ArrayList<>();

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  @AfterEach
  void clear() {
    DATABASE.clear();
  }

  @Test
  void anotherEngineCountsAndSumsTheDroppedTradesByDayAndSymbol() throws Exception {
    for (String symbol : List.of("BTC/USDT", "600519", "\u682a\u5f0f A", "A&B=50%+1")) {
      post(
          "trades", symbol, row(OLD, 1, "0.1", "x-1"), row(OLD.plusSeconds(86_399), 2, "0.2", "7"));
      post("trades", symbol, row(OLD.plus(1, ChronoUnit.DAYS), 3, "0.3", ""));
      post("trades", symbol, row(Instant.now(), 4, "4", "8"));
    }
    rollUp();
    offer("market.trades", 7);

    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(
            ask(
                "select strftime(date, '%Y-%m-%d') || ' ' || symbol || ' ' || count(*) || ' ' ||"
                    + " sum(size) from "
                    + files("trades")
                    + " where venue = 'v' group by date, symbol order by 1"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of("BTC/USDT", "600519", "\u682a\u5f0f A", "A&B=50%+1")
                .flatMap(
                    symbol ->
                        Stream.of(
                            DAY + " " + symbol + " 2 0.30000000000000004",
                            DAY.plusDays(1) + " " + symbol + " 1 0.3"))
                .toList());
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(4);
    assertThat(folder.resolve("trades/venue=v/symbol=BTC%2FUSDT/date=" + DAY + "/part-0.parquet"))
        .exists();
    assertThat(
            ask(
                "select concat_ws(' ', epoch_ms(ts), price, size, side, id, array_to_string(flags,"
                    + " '+')) from "
                    + files("trades")
                    + " where symbol = '600519' order by ts"))
        .containsExactly(
            OLD.toEpochMilli() + " 1.0 0.1 buy x-1 no_volume",
            OLD.plusSeconds(86_399).toEpochMilli() + " 2.0 0.2 buy 7 no_volume",
            OLD.plus(1, ChronoUnit.DAYS).toEpochMilli() + " 3.0 0.3 buy no_volume");
  }

  @Test
  void everyKindOfRowComesBackAsItWas() throws Exception {
    post(
        "quotes",
        "S",
        "{\"ts\":%d,\"bid\":1.25,\"bid_size\":null,\"ask\":1e-9}".formatted(OLD.toEpochMilli()));
    String candle =
        "{\"timeframe\":\"%s\",\"ts\":%d,\"open\":1,\"high\":2,\"low\":0.5,\"close\":1.5,\"volume\":1e21}";
    post(
        "candles",
        "S",
        candle.formatted("1m", OLD.toEpochMilli()),
        candle.formatted("5m", OLD.toEpochMilli()));
    assertThat(
            server
                .send(
                    "POST",
                    "/v1/records/orders",
                    "{\"rows\":["
                        + order("a")
                        + ","
                        + order("b").replace("\"venue\":\"v\",\"symbol\":\"S\",", "")
                        + "]}",
                    "Content-Type",
                    "application/json")
                .body())
        .contains("\"inserted\":2");
    rollUp();
    for (String relation : List.of("market.quotes", "market.candles_1m", "record.orders")) {
      offer(relation, 1);
    }
    DATABASE.execute(
        "insert into ingest.archive (relation, level, due) values ('market.candles_native', 300,"
            + " now() - interval '1 day')");

    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(ask("select concat_ws(' ', bid, bid_size, ask, symbol) from " + files("quotes")))
        .containsExactly("1.25 1e-09 S");
    assertThat(
            ask(
                "select concat_ws(' ', timeframe, open, high, low, close, volume, closed, source)"
                    + " from "
                    + files("candles")
                    + " order by 1"))
        .containsExactly(
            "1m 1.0 2.0 0.5 1.5 1e+21 true native", "5m 1.0 2.0 0.5 1.5 1e+21 true native");
    assertThat(
            ask(
                "select concat_ws(' ', order_id, venue, symbol, quantity, meta->>'a') from "
                    + files("orders")
                    + " order by 1"))
        .containsExactly(
            "a v S 0.100000000000000001 x\n, \"y\"", "b 0.100000000000000001 x\n, \"y\"");
    for (String relation :
        List.of("market.quotes", "market.candles_1m", "record.orders", "market.candles_native")) {
      assertThat(DATABASE.number("select count(*) from " + relation)).as(relation).isZero();
    }
  }

  private static String order(String id) {
    return "{\"ts\":%d,\"bot\":\"alpha\",\"order_id\":\"%s\",\"venue\":\"v\",\"symbol\":\"S\",\"status\":\"submitted\",\"side\":\"buy\",\"quantity\":\"0.100000000000000001\",\"meta\":{\"a\":\"x\\n, \\\"y\\\"\"}}"
        .formatted(OLD.minus(60, ChronoUnit.DAYS).toEpochMilli(), id);
  }

  @Test
  void aLateRowBecomesAnotherPartAndNothingIsWrittenTwice() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", ""));
    rollUp();
    offer("market.trades", 7);
    // Written, but not dropped: a mark waits. So it is too after a crash between the two.
    DATABASE.execute(
        "insert into ingest.dirty (level, bucket, ids) values (999, '%s', '{1}')".formatted(OLD));
    assertThat(archive().run()).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(2);
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("2");

    post("trades", "S", row(OLD.plusSeconds(2), 1, "1", "2"));
    DATABASE.execute("delete from ingest.dirty where level = 999");
    rollUp();
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    post("trades", "S", row(OLD.plusSeconds(2), 1, "1", "2"), row(OLD, 9, "1", "3"));
    rollUp();
    assertThat(archive().run()).as("%s", told).isTrue();

    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            ask(
                "select concat_ws(' ', price, id, file_name) from (select *,"
                    + " parse_filename(filename) as file_name from "
                    + files("trades").replace("hive_types", "filename = true, hive_types")
                    + ") order by file_name, ts"))
        .containsExactly(
            "1.0 1 part-0.parquet",
            "1.0 part-0.parquet",
            "1.0 2 part-1.parquet",
            "9.0 3 part-2.parquet");
  }

  @Test
  void whatCannotBeReadBackIsHeldAndSaid() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    Path part = folder.resolve("trades/venue=v/symbol=S/date=" + DAY + "/part-0.parquet");
    Files.createDirectories(part.getParent());
    Files.writeString(part, "PAR1 is not all of it");

    assertThat(archive().run()).isFalse();

    assertThat(told).singleElement().asString().contains("market.trades is held");
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    assertThat(DATABASE.text("select failure from ingest.archive where failed_since is not null"))
        .contains("part-0.parquet");
    Files.delete(part);
    assertThat(archive().run()).isTrue();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            DATABASE.number(
                "select count(*) from ingest.archive where failed_since is null and rows = 1"))
        .isEqualTo(1);
  }

  @Test
  void aSecondOneLeavesItToTheFirst() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);
    try (Connection other = DATABASE.connect();
        Statement statement = other.createStatement()) {
      statement.execute("select pg_advisory_lock(740105)");
      assertThat(archive().run()).isTrue();
      assertThat(told).containsExactly("another process is archiving");
    }
    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
  }

  @Test
  void killedAnywhereItLosesNothingAndWritesNothingTwice() throws Exception {
    for (int i = 0; i < 30; i++) {
      post("trades", "S" + i, row(OLD, 1, "1", "1"), row(OLD.plusSeconds(1), 1, "1", ""));
    }
    rollUp();
    offer("market.trades", 7);
    for (int files : new int[] {1, 15}) {
      Process process = process("exec \"$@\"");
      while (process.isAlive() && files() < files) {
        Thread.sleep(5);
      }
      process.destroyForcibly().waitFor();
    }
    assertThat(process("exec \"$@\"").waitFor()).isZero();

    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(
            ask(
                "select count(*) || ' ' || count(distinct symbol || row_id) from "
                    + files("trades")))
        .containsExactly("60 60");
  }

  @Test
  void onAFullDiskTheRowsStayWhereTheyAre() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"));
    rollUp();
    offer("market.trades", 7);

    // A limit of a file's size stands for the end of the disk: the write fails in the same place.
    assertThat(process("ulimit -f 0; exec \"$@\"").waitFor()).isEqualTo(1);

    assertThat(DATABASE.number("select count(*) from market.trades")).isEqualTo(1);
    assertThat(
            DATABASE.number("select count(*) from ingest.archive where failed_since is not null"))
        .isEqualTo(1);
    assertThat(process("exec \"$@\"").waitFor()).isZero();
    assertThat(DATABASE.number("select count(*) from market.trades")).isZero();
    assertThat(ask("select count(*) from " + files("trades"))).containsExactly("1");
  }

  @Test
  void aServerArchivesByItself() throws Exception {
    post("trades", "S", row(OLD, 1, "1", "1"), row(Instant.now(), 1, "1", "2"));
    rollUp();
    try (RunningServer other =
        RunningServer.with(Map.of("ARCHIVE_DIR", folder.toString(), "RETENTION_TRADES", "7d"))) {
      for (int i = 0; DATABASE.number("select count(*) from market.trades") > 1; i++) {
        assertThat(i).isLessThan(600);
        Thread.sleep(50);
      }
      assertThat(ask("select id from " + files("trades"))).containsExactly("1");
      for (int i = 0;
          !other.send("GET", "/metrics", "").body().contains("candlewick_archive_rows 1.0");
          i++) {
        assertThat(i).isLessThan(600);
        Thread.sleep(50);
      }
    }
  }

  @Test
  void candlesAreTakenBackBelowRetentionAndAreNotArchivedAgain() throws Exception {
    String candle =
        "{\"timeframe\":\"%s\",\"ts\":%d,\"open\":1,\"high\":2,\"low\":0.5,\"close\":1.5,\"volume\":7}";
    post(
        "candles",
        "A/B",
        candle.formatted("1m", OLD.toEpochMilli()),
        candle.formatted("5m", OLD.toEpochMilli()));
    rollUp();
    Map<String, String> short1m =
        Map.of(
            "ARCHIVE_DIR",
            folder.toString(),
            "RETENTION_TRADES",
            "1d",
            "RETENTION_CANDLES_1M",
            "2d",
            "RETENTION_CANDLES_5M",
            "3d");
    try (RunningServer other = RunningServer.with(short1m)) {
      awaitNone("market.candles_1m");
      awaitNone("market.candles_native");
      String read = "/v1/candles?venue=v&symbol=A/B&unit=ms&timeframe=%s&from=%d&to=%d";
      String range = read.formatted("1m", OLD.toEpochMilli(), OLD.toEpochMilli() + 60_000);
      assertThat(other.send("GET", range, "").body()).doesNotContain("\"open\"");

      StringWriter said = new StringWriter();
      for (int run = 0; run < 2; run++) {
        int exit =
            new CommandLine(new ImportCommand(null))
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(
                    "--archived",
                    "--url",
                    other.url(),
                    "candles",
                    folder.resolve("candles").toString());
        assertThat(exit).as("%s", said).isZero();
      }

      // 1m, the venue's 5m, the built 5m and longer ones if they are past their retention too.
      assertThat(said.toString()).contains("rejected 0");
      assertThat(other.send("GET", range, "").body())
          .contains("\"open\":1")
          .contains("\"volume\":7");
      assertThat(
              other
                  .send("GET", read.formatted("5m", OLD.toEpochMilli(), OLD.toEpochMilli() + 1), "")
                  .body())
          .contains("\"volume\":7");
      assertThat(DATABASE.number("select count(*) from ingest.dirty")).isZero();
    }
    long written = files();
    offer("market.candles_1m", 2);
    DATABASE.execute(
        "update ingest.archive set due = now() - interval '3 days' where relation ="
            + " 'market.candles_native'");
    assertThat(archive().run()).as("%s", told).isTrue();
    assertThat(files()).isEqualTo(written);
    assertThat(
            DATABASE.number(
                "select count(*) from market.candles_native where taken_back_at is not null"))
        .isGreaterThanOrEqualTo(2);
  }

  private static void awaitNone(String relation) throws InterruptedException {
    for (int i = 0; DATABASE.number("select count(*) from " + relation) > 0; i++) {
      assertThat(i).as(relation).isLessThan(600);
      Thread.sleep(50);
    }
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().contains("/date=") && Files.isRegularFile(file))
          .count();
    } catch (java.io.UncheckedIOException e) {
      return 0; // One has gone meanwhile.
    }
  }

  /** The command, as what the shell's words say. */
  private Process process(String words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                words,
                "archive",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("candlewick.jar", "target/candlewick.jar"),
                "archive")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolveSibling(folder.getFileName() + ".log").toFile());
    builder.environment().put("CANDLEWICK_DB_URL", DATABASE.url());
    builder.environment().put("CANDLEWICK_ARCHIVE_DIR", folder.toString());
    return builder.start();
  }

  private Archive archive() {
    Properties login = new Properties();
    return new Archive(jdbcUrl(), login, folder, told::add);
  }

  private static String jdbcUrl() {
    java.net.URI url = java.net.URI.create(DATABASE.url());
    String[] user = url.getUserInfo().split(":", 2);
    return "jdbc:postgresql://%s:%d%s?user=%s&password=%s"
        .formatted(url.getHost(), url.getPort(), url.getPath(), user[0], user[1]);
  }

  private static String row(Instant ts, int price, String size, String id) {
    return "{\"ts\":%d,\"price\":%d,\"size\":%s,\"side\":\"buy\",\"flags\":[\"no_volume\"]%s}"
        .formatted(ts.toEpochMilli(), price, size, id.isEmpty() ? "" : ",\"id\":\"" + id + "\"");
  }

  private static void post(String kind, String symbol, String... rows) {
    String body =
        "{\"venue\":\"v\",\"symbol\":\"%s\",\"rows\":[%s]}"
            .formatted(symbol, String.join(",", rows));
    assertThat(server.send("POST", "/v1/" + kind, body, "Content-Type", "application/json").body())
        .contains("\"ack\":\"committed\"");
  }

  /** Waits for the server's roll-up. */
  private static void rollUp() throws InterruptedException {
    for (int i = 0;
        DATABASE.number(
                "select count(*) from ingest.dirty where bucket < now() - interval '1 hour'")
            > 0;
        i++) {
      assertThat(i).isLessThan(600);
      Thread.sleep(50);
    }
  }

  /** What retention does once a server is told to keep an archive. */
  private static void offer(String relation, int days) {
    DATABASE.execute("insert into ingest.archiving default values on conflict do nothing");
    DATABASE.execute(
        "select ingest.drop_old_chunks('%s', interval '%d days')".formatted(relation, days));
  }

  private String files(String kind) {
    return "read_parquet('%s/%s/**/*.parquet', hive_partitioning = true, hive_types = {'symbol': VARCHAR, 'date': DATE})"
        .formatted(folder, kind);
  }

  private List<String> ask(String query) throws IOException, SQLException {
    List<String> answer = new ArrayList<>();
    try (Connection duckdb = Engine.duckdb(List.of(folder.resolve("any")));
        Statement statement = duckdb.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        answer.add(row.getString(1));
      }
    }
    return answer;
  }
}
