package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestApiKey;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An import that is killed, one whose rows are refused, and one that only reads. */
class ImportIT {
  private static final int TRADES = 200_000;
  private static final int CANDLES = 60_000;
  private static final long MIDNIGHT = 1_704_067_200_000L;

  private static RunningServer server;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void empty() {
    TestDatabase.shared()
        .execute(
            "truncate ingest.streams, ingest.dirty, ingest.rejects, market.trades,"
                + " market.candles_1m, market.candles_native");
  }

  /** The server's address alone, where the other tests name its ingest address. */
  private static String url() {
    return server.url();
  }

  private int imports(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--url", url()));
    return new CommandLine(new ImportCommand(null))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }

  private Process started(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(System.getProperty("candlewick.jar", "target/candlewick.jar"));
    command.add("import");
    command.addAll(Arrays.asList(args));
    command.addAll(List.of("--url", url()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start();
  }

  private static long stored() {
    return TestDatabase.shared().number("select count(*) from market.trades");
  }

  /** Kraken's trades have no ids: a row sent twice as two would be two. */
  @Test
  void storesEachRowOnceWhenItIsKilledAndStartedAgain() throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < TRADES; i++) {
      rows.append(1_704_067_200 + i / 10).append(",42000.5,0.25\n");
    }
    Path file = Files.writeString(folder.resolve("XBTUSD.csv"), rows);
    Process killed = started("trades", file.toString(), "--batch", "100");
    ServerProcess.await("rows", Duration.ofSeconds(60), () -> stored() > 0);
    killed.destroyForcibly().waitFor();
    assertThat(stored()).isBetween(1L, TRADES - 1L);

    assertThat(imports("trades", file.toString(), "--batch", "100")).as("%s", err).isZero();

    assertThat(stored()).isEqualTo(TRADES);
    assertThat(err.toString()).contains("rows were committed by an earlier run");
  }

  /** Candles of which no two are the same are dealt to several streams. */
  @Test
  void storesEachOfManyCandlesOnceWhenItIsKilledAndStartedAgain() throws Exception {
    Path file = Files.writeString(folder.resolve("many.csv"), candles(""));
    String[] options = {"candles", file.toString(), "--venue", "x", "--timeframe", "1m"};
    Process killed = started(options);
    ServerProcess.await("rows", Duration.ofSeconds(60), () -> minutes() > 0);
    killed.destroyForcibly().waitFor();
    assertThat(minutes()).isBetween(1L, CANDLES - 1L);

    assertThat(imports(options)).as("%s", err).isZero();

    assertThat(minutes()).isEqualTo(CANDLES);
    assertThat(TestDatabase.shared().number("select count(*) from ingest.streams")).isEqualTo(4);
    assertThat(err.toString()).contains("rows were committed by an earlier run");
  }

  @Test
  void namesTheRowsThatWereRejectedOfManyCandles() throws IOException {
    Path file = Files.writeString(folder.resolve("many.csv"), candles("51234"));
    Path rejects = folder.resolve("rejects.csv");
    String[] options = {"--venue", "x", "--timeframe", "1m", "--rejects", rejects.toString()};
    assertThat(imports("candles", file.toString(), options[0], options[1], options[2], options[3]))
        .isEqualTo(1);
    assertThat(err.toString()).contains("rejected: row 51234: ");
    List<String> again = new ArrayList<>(List.of("candles", file.toString(), "--verify"));
    again.addAll(Arrays.asList(options));
    assertThat(imports(again.toArray(new String[0]))).isEqualTo(1);
    assertThat(err.toString()).contains((CANDLES - 1) + " rows were committed by an earlier run");
    assertThat(Files.readString(rejects)).contains(file + ": line 51235,", ",ohlc_inconsistent,");
    assertThat(out.toString()).doesNotContain("differ");
  }

  /** A correction that comes later in the file replaces what it corrects. */
  @Test
  void keepsTheOrderOfCandlesThatCorrectOthers() throws IOException {
    String corrected = candles("") + "A," + MIDNIGHT + ",7,7,7,7,7\n";
    Path file = Files.writeString(folder.resolve("many.csv"), corrected);
    assertThat(imports("candles", file.toString(), "--venue", "x", "--timeframe", "1m")).isZero();
    assertThat(TestDatabase.shared().number("select count(*) from ingest.streams")).isOne();
    assertThat(
            TestDatabase.shared()
                .number("select count(*) from market.candles_1m where open = 7 and volume = 7"))
        .isOne();
  }

  private static String candles(String wrong) {
    StringBuilder rows = new StringBuilder("symbol,ts,open,high,low,close,volume\n");
    for (int i = 1; i <= CANDLES; i++) {
      String high = wrong.equals("" + i) ? "0.5" : "2";
      String symbol = i <= CANDLES / 2 ? "A" : "B";
      rows.append(symbol).append(',').append(MIDNIGHT + i * 60_000L);
      rows.append(",1,").append(high).append(",1,1,3\n");
    }
    return rows.toString();
  }

  private static long minutes() {
    return TestDatabase.shared().number("select count(*) from market.candles_1m");
  }

  @Test
  void keepsWhatIsRefusedAndSendsTheRest() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("EURUSD_Candlestick_1_M_BID_02.01.2024-02.01.2024.csv"),
            "Gmt time,Open,High,Low,Close,Volume\n"
                + "02.01.2024 00:00:00.000,1.1,1.3,1.0,1.2,10\n"
                + "02.01.2024 00:01:00.000,1.1,0.9,1.0,1.2,10\n"
                + "02.01.2024 00:02:00.000,1.1,x,1.0,1.2,10\n"
                + "02.01.2024 00:03:00.000,1.1,1.3,1.0,1.2,10\n");
    assertThat(imports("candles", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("line 4: high: \"x\" is not a number; nothing was sent");

    Path rejects = folder.resolve("rejects.csv");
    assertThat(imports("candles", file.toString(), "--rejects", rejects.toString())).isEqualTo(1);
    assertThat(Files.readString(rejects))
        .contains(
            "place,field,code,detail,line",
            file + ": line 4,,unreadable,\"high: \"\"x\"\" is not a number\",\"02.01.2024 00:02:00",
            file + ": line 3,",
            ",ohlc_inconsistent,",
            "\"02.01.2024 00:01:00.000,1.1,0.9,1.0,1.2,10\"");
    assertThat(TestDatabase.shared().number("select count(*) from market.candles_1m")).isEqualTo(2);
  }

  /** A key that may only write cannot ask which rows an earlier run had rejected. */
  @Test
  void endsWithOneIfItCannotTellWhetherRowsWereRejected() throws IOException {
    String row =
        "{\"ts\":1704067200000,\"open\":1,\"high\":%s,\"low\":1,\"close\":1,\"volume\":1}\n";
    Path bad = Files.writeString(folder.resolve("bad.ndjson"), row.formatted("0.5"));
    Path good = Files.writeString(folder.resolve("good.ndjson"), row.formatted("2"));
    String[] instrument = {"--venue", "x", "--symbol", "A", "--timeframe", "1m"};
    Map<String, String> keys =
        Map.of("API_KEYS_FILE", TestApiKey.of("writer", "ingest").toString());
    try (RunningServer guarded = RunningServer.with(keys)) {
      assertThat(importsWithKey("writer", guarded, bad, instrument)).as("%s", err).isEqualTo(1);
      assertThat(out.toString()).contains("committed 0, duplicates 0, rejected 1");

      assertThat(importsWithKey("writer", guarded, bad, instrument)).as("%s", err).isEqualTo(1);
      assertThat(err.toString())
          .contains(
              "bad.ndjson: cannot ask which rows were rejected: /v1/rejects answered 403",
              "bad.ndjson: 1 rows were committed or rejected by an earlier run");

      assertThat(importsWithKey("writer", guarded, good, instrument)).as("%s", err).isZero();
    }
  }

  private int importsWithKey(String key, RunningServer to, Path file, String... options) {
    List<String> all = new ArrayList<>(List.of("candles", file.toString(), "--url", to.url()));
    all.addAll(Arrays.asList(options));
    return new CommandLine(new ImportCommand(key))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }

  @Test
  void readsAllAndSendsNothingWhenDry() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("XBTUSD.csv"), "1704067200,42000.5,0.25\n1704067201,1,1\n");
    assertThat(imports("trades", file.toString(), "--dry-run")).isZero();
    assertThat(err.toString()).contains("XBTUSD.csv: kraken trades of kraken XBTUSD: ts, price");
    assertThat(out.toString()).contains("XBTUSD.csv: 2 rows of trades", "nothing was sent");
    assertThat(stored()).isZero();
    assertThat(TestDatabase.shared().number("select count(*) from ingest.streams")).isZero();
  }
}
