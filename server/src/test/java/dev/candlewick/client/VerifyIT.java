package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A file imported is found equal; whatever is changed by hand in the database is found. */
class VerifyIT {
  private static final long JANUARY = Instant.parse("2024-01-31T20:00:00Z").toEpochMilli();
  private static final int MINUTES = 600;

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
            "truncate ingest.streams, ingest.dirty, ingest.rejects, market.trades, market.quotes,"
                + " market.candles_1m, market.candles_native");
  }

  private int run(Object command, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    String ws = server.url().replace("http", "ws") + "/v1/ingest";
    all.addAll(List.of("--url", command instanceof ImportCommand ? ws : server.url()));
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }

  /** Ten hours of two months, newest first and some twice, as Binance writes klines. */
  private Path klines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < MINUTES; i++) {
      long ts = JANUARY + i * 60_000L;
      lines.add(
          "%d,%d.10,%d.25,%d.05,%d.20,1.5,%d,63.0,7,0.75,31.5,0"
              .formatted(ts, 42 + i, 42 + i, 42 + i, 42 + i, ts + 59_999));
    }
    lines.addAll(lines.subList(10, 30));
    Collections.reverse(lines);
    Path file = folder.resolve("BTCUSDT-1m-2024-01.csv");
    Files.writeString(file, String.join("\r\n", lines) + "\r\n");
    return file;
  }

  private void importsAndVerifies(String kind, Path file, String... more) {
    List<String> args = new ArrayList<>(List.of(kind, file.toString(), "--verify"));
    args.addAll(Arrays.asList(more));
    assertThat(run(new ImportCommand(null), args.toArray(new String[0])))
        .as("%s%s", out, err)
        .isZero();
    assertThat(out.toString()).contains("verified: all ");
  }

  @Test
  void findsWhatWasImportedEqual() throws IOException {
    importsAndVerifies("candles", klines());
    assertThat(out.toString())
        .contains(
            "equal   binance BTCUSDT 1m 2024-01: 240 rows 2024-01-31T20:00:00Z to"
                + " 2024-01-31T23:59:00Z close ")
        .contains("equal   binance BTCUSDT 1m 2024-02: 360 rows")
        .contains("verified: all 600 rows");
    assertThat(run(new VerifyCommand(null), klines().toString())).isZero();
  }

  @Test
  void findsTradesOfEveryIdEqual() throws IOException {
    Path file = folder.resolve("t.csv");
    Files.writeString(
        file,
        "venue,symbol,ts,price,size,side,id,flags\n"
            + "v,S,2024-01-01T00:00:00Z,1.10,2,buy,1,no_price no_volume\n"
            + "v,S,2024-01-01T00:00:00Z,1.10,2,buy,2,\n"
            + "v,S,2024-01-01T00:00:00Z,1.10,2,buy,2,\n"
            + "v,S,2024-01-01T00:00:01Z,1.10,1e-8,,abc,\n"
            + "v,S,2024-01-01T00:00:02Z,5,1,,,\n"
            + "v,S,2024-01-01T00:00:02Z,5,1,,,\n"
            + "v,T,2024-01-01T00:00:00.123456Z,-5,0,sell,1,\n");
    importsAndVerifies("trades", file);
    assertThat(out.toString()).contains("verified: all 6 rows");
    assertThat(run(new VerifyCommand(null), file.toString())).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a row changed | update market.candles_1m set close = close + 1e-9 where ts ="
            + " '2024-01-31T22:00Z' | 2024-01 | 2024-01-31T22:00:00Z: file ",
        "a row missing | delete from market.candles_1m where ts = '2024-02-01T01:00Z' | 2024-02 |"
            + " 2024-02-01T01:00:00Z: only in the file: close=",
        "a month swapped | update market.candles_1m c set (open, high, low, close) = (select"
            + " o.open, o.high, o.low, o.close from market.candles_1m o where o.ts = case when"
            + " c.ts < '2024-02-01' then c.ts + interval '5 hours' else c.ts - interval '5 hours'"
            + " end) where c.ts between '2024-01-31T20:00Z' and '2024-01-31T23:59Z' or c.ts between"
            + " '2024-02-01T01:00Z' and '2024-02-01T04:59Z' | 2024-01 | rows differ in all",
      })
  void findsWhatIsNot(String what, String sql, String month, String said) throws IOException {
    Path file = klines();
    importsAndVerifies("candles", file);
    TestDatabase.shared().execute(sql);
    assertThat(run(new VerifyCommand(null), "candles", file.toString())).as(what).isEqualTo(1);
    assertThat(out.toString()).contains("DIFFERS binance BTCUSDT 1m " + month, said, "NOT EQUAL");
  }

  @Test
  void findsARowTooMany() throws IOException {
    Path file = klines();
    List<String> lines = Files.readAllLines(file);
    Path shorter = folder.resolve("BTCUSDT-1m-2024-02.csv");
    Files.write(shorter, lines.stream().filter(line -> !line.contains(",142.10,")).toList());
    importsAndVerifies("candles", file);
    assertThat(run(new VerifyCommand(null), "candles", shorter.toString())).isEqualTo(1);
    assertThat(out.toString()).contains("only stored: close=142.2 high=142.25");
  }

  @Test
  void rowsThatWereRejectedAreInTheFileOfRejectsAndAreNotMissed() throws IOException {
    Path file = folder.resolve("bad.csv");
    Files.writeString(
        file,
        "venue,symbol,ts,price,size,id\n"
            + "v,S,2024-01-01T00:00:00Z,1.5,2,1\n"
            + "v,S,yesterday,1.5,2,2\n"
            + "v,S,2024-01-01T00:00:02Z,much,2,3\n"
            + "v,S,2024-01-01T00:00:03Z,1.5,2,4\n");
    Path rejects = folder.resolve("rejects.csv");
    assertThat(
            run(
                new ImportCommand(null),
                "trades",
                file.toString(),
                "--rejects",
                rejects.toString(),
                "--verify"))
        .isEqualTo(1);
    assertThat(out.toString())
        .contains("verified: all 2 rows are stored", "2 rows that the server refused");
    assertThat(Files.readAllLines(rejects)).hasSize(3);
  }

  @Test
  void whatWasRejectedInAnEarlierRunIsSaid() throws IOException {
    Path file = folder.resolve("rejected.csv");
    Files.writeString(file, "venue,symbol,ts,price,size,id\nv,S,2024-01-01T00:00:00Z,1.5,-2,1\n");
    assertThat(run(new ImportCommand(null), "trades", file.toString())).isEqualTo(1);
    err.getBuffer().setLength(0);
    assertThat(run(new ImportCommand(null), "trades", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("0 rows were committed by an earlier run, 1 were rejected then");
  }

  @Test
  void anExportOfBuiltCandlesIsEqualToWhatItWasMadeOf() throws Exception {
    Path trades = folder.resolve("trades.csv");
    Files.writeString(
        trades,
        "venue,symbol,ts,price,size,id\n"
            + "built,S,2024-01-01T00:00:00Z,1.5,0.1,1\nbuilt,S,2024-01-01T00:00:30Z,1.7,0.2,2\n"
            + "built,S,2024-01-01T00:07:00Z,1.6,2,3\n");
    assertThat(run(new ImportCommand(null), "trades", trades.toString())).isZero();
    Path candles = folder.resolve("candles.csv");
    assertThat(
            run(
                new ExportCommand(null),
                "candles",
                "--venue",
                "built",
                "--timeframe",
                "5m",
                "--output",
                candles.toString()))
        .isZero();
    assertThat(run(new VerifyCommand(null), "candles", candles.toString())).as("%s", out).isZero();
    assertThat(out.toString()).contains("candles of source auto", "verified: all 2 rows");
    assertThat(run(new VerifyCommand(null), "--source", "native", "candles", candles.toString()))
        .isEqualTo(1);
  }

  @Test
  void anUnknownVenueIsSaid() {
    assertThat(
            run(
                new ExportCommand(null),
                "trades",
                "--venue",
                "nowhere",
                "--output",
                folder.resolve("x.csv").toString()))
        .isEqualTo(1);
    assertThat(run(new AuditCommand(null), "--venue", "nowhere")).isEqualTo(1);
    assertThat(err.toString())
        .contains("export: the server knows no instrument at nowhere")
        .contains("audit: ")
        .contains("no instrument at nowhere");
    assertThat(folder.resolve("x.csv")).doesNotExist();
  }

  @Test
  void takesTablesOfADuckdbFile() throws Exception {
    Path file = folder.resolve("bot.duckdb");
    try (java.sql.Connection duckdb = java.sql.DriverManager.getConnection("jdbc:duckdb:" + file);
        java.sql.Statement statement = duckdb.createStatement()) {
      statement.execute(
          "create table bars as select timestamptz '2024-01-01 00:00:00Z' + interval 1 minute * i"
              + " as t, 1.5 + i as o, 3.0 + i as h, 1.0 + i as l, 2.0 + i as c, 10::decimal(10, 3)"
              + " as v from range(300) r(i)");
    }
    assertThat(
            run(
                new ImportCommand(null),
                "candles",
                file.toString(),
                "--table",
                "bars",
                "--map",
                "ts=t,open=o,high=h,low=l,close=c,volume=v",
                "--venue",
                "duck",
                "--symbol",
                "S",
                "--timeframe",
                "1m",
                "--verify"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(out.toString()).contains("verified: all 300 rows");
    assertThat(run(new ImportCommand(null), "candles", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("a database: give --table or --query");
  }
}
