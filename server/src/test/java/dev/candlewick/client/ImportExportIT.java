package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.format.Engine;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What one server exports, another takes, and exports again byte for byte. */
class ImportExportIT {
  private static final int MANY = 10_001;
  private static final long HOUR_AGO = System.currentTimeMillis() / 60_000 * 60_000 - 3_600_000;

  private static TestDatabase firstDatabase;
  private static TestDatabase secondDatabase;
  private static ServerProcess first;
  private static ServerProcess second;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    firstDatabase = TestDatabase.empty();
    secondDatabase = TestDatabase.empty();
    first = ServerProcess.on(firstDatabase);
    second = ServerProcess.on(secondDatabase);
    post(
        "trades",
        "{\"venue\":\"x\",\"symbol\":\"A/B+C =\",\"unit\":\"us\",\"rows\":["
            + "{\"ts\":%1$d001,\"price\":\"0.1\",\"size\":\"1e-8\",\"side\":\"buy\",\"id\":1},"
                .formatted(HOUR_AGO)
            + "{\"ts\":%1$d001,\"price\":-3,\"size\":0,\"id\":9223372036854775807,"
                .formatted(HOUR_AGO)
            + "\"flags\":[\"no_price\",\"no_volume\"]},"
            + "{\"ts\":%1$d002,\"price\":12345678.12345678,\"size\":2,\"id\":\"9c4a-11\"},"
                .formatted(HOUR_AGO)
            + "{\"ts\":%1$d003,\"price\":2,\"size\":2},{\"ts\":%1$d003,\"price\":1,\"size\":2}]}"
                .formatted(HOUR_AGO));
    post(
        "quotes",
        "{\"venue\":\"x\",\"symbol\":\"Q\",\"rows\":["
            + "{\"ts\":%1$d,\"bid\":1.5,\"bid_size\":2,\"ask\":null,\"last\":1,\"volume_24h\":7},"
                .formatted(HOUR_AGO)
            + "{\"ts\":%1$d,\"ask\":1.5}]}".formatted(HOUR_AGO));
    post(
        "candles",
        "{\"venue\":\"x\",\"symbol\":\"C\",\"timeframe\":\"1m\",\"rows\":["
            + "{\"ts\":%1$d,\"open\":1,\"high\":3,\"low\":-1,\"close\":2.25,\"volume\":9,"
                .formatted(HOUR_AGO)
            + "\"quote_volume\":18.5,\"trades\":12,\"taker_buy_volume\":4},"
            + "{\"ts\":%1$d,\"open\":1,\"high\":3,\"low\":1,\"close\":2,\"volume\":0}]}"
                .formatted(HOUR_AGO + 60_000));
    firstDatabase.execute(
        """
        insert into market.instruments (venue, symbol) values ('many', 'M');
        insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)
        select id, date_trunc('minute', now()) - interval '1 hour' + n * interval '1 millisecond',
               n, n, 1, 1, 0
        from market.instruments, generate_series(1, %d) n where symbol = 'M';
        """
            .formatted(MANY));
  }

  private static void post(String kind, String body) {
    assertThat(first.post("/v1/" + kind, body).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  @BeforeEach
  void emptyTheSecond() {
    // Not its instruments: the server knows their ids by heart.
    secondDatabase.execute(
        """
        truncate ingest.streams, ingest.dirty, ingest.rejects, market.trades, market.quotes,
          market.candles_1m, market.candles_native
        """);
  }

  private int run(Object command, String... args) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private Path export(ServerProcess server, String name, String... args) {
    Path file = folder.resolve(name);
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--url", server.url().toString(), "--output", file.toString()));
    int exit = run(new ExportCommand(null), all.toArray(new String[0]));
    assertThat(exit).as("%s", err).isZero();
    return file;
  }

  private int importFiles(String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--url", second.url().toString().replace("http", "ws") + "/v1/ingest"));
    return run(new ImportCommand(null), all.toArray(new String[0]));
  }

  private static String read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (!file.toString().endsWith(".gz")) {
      return new String(
          bytes,
          file.toString().endsWith("parquet")
              ? StandardCharsets.ISO_8859_1
              : StandardCharsets.UTF_8);
    }
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "trades, x, '', csv, 6",
    "trades, x, '', ndjson, 5",
    "trades, many, '', csv.gz, 10002",
    "trades, many, '', ndjson.gz, 10001",
    "quotes, x, '', csv, 3",
    "quotes, x, '', ndjson, 2",
    "candles, x, 1m, csv, 3",
    "candles, x, 1m, ndjson, 2",
    "candles, many, 1s, csv, 12",
    "trades, x, '', parquet, 5",
    "quotes, x, '', parquet, 2",
    "candles, x, 1m, parquet, 2",
  })
  void goesRoundByteForByte(String kind, String venue, String timeframe, String form, int lines)
      throws IOException {
    String[] question =
        timeframe.isEmpty()
            ? new String[] {kind, "--venue", venue}
            : new String[] {
              kind, "--venue", venue, "--symbol", symbols(venue), "--timeframe", timeframe
            };
    Path exported = export(first, "a." + form, question);
    assertThat(form.equals("parquet") ? rows(exported) : read(exported).lines().count())
        .isEqualTo(lines);

    assertThat(importFiles(kind, exported.toString())).as("%s", err).isZero();
    Path again = export(second, "b." + form, question);

    assertThat(read(again)).isEqualTo(read(exported));
    assertThat(importFiles(kind, exported.toString())).isZero();
    assertThat(out.toString()).endsWith("sent 0 rows, committed 0, duplicates 0, rejected 0\n");
    assertThat(read(export(second, "c." + form, question))).isEqualTo(read(exported));
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
    }
  }

  private static long rows(Path parquet) throws IOException {
    try (Connection duckdb = Engine.duckdb(List.of(parquet));
        Statement query = duckdb.createStatement();
        ResultSet rows =
            query.executeQuery("select count(*) from read_parquet('" + parquet + "')")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  @Test
  void writesParquetWithTheTypesThatAReaderExpects() throws IOException, SQLException {
    Path file = export(first, "a.parquet", "trades", "--venue", "x");
    try (Connection duckdb = Engine.duckdb(List.of(file));
        Statement query = duckdb.createStatement();
        ResultSet columns =
            query.executeQuery("describe select * from read_parquet('" + file + "')")) {
      List<String> types = new ArrayList<>();
      while (columns.next()) {
        types.add(columns.getString(1) + " " + columns.getString(2));
      }
      assertThat(types)
          .containsExactly(
              "venue VARCHAR",
              "symbol VARCHAR",
              "ts TIMESTAMP WITH TIME ZONE",
              "price DOUBLE",
              "size DOUBLE",
              "side VARCHAR",
              "id VARCHAR",
              "flags VARCHAR[]");
    }
  }

  private static String symbols(String venue) {
    return venue.equals("x") ? "C" : "M";
  }

  @Test
  void writesTheFieldsOfTheApi() throws IOException {
    assertThat(read(export(first, "a.csv", "quotes", "--venue", "x", "--symbol", "Q")))
        .startsWith("venue,symbol,ts,bid,bid_size,ask,ask_size,last,volume_24h\nx,Q,")
        .contains("Z,1.5,2,,,1,7\n");
    assertThat(
            read(
                export(
                    first,
                    "a.ndjson",
                    "candles",
                    "--venue",
                    "x",
                    "--symbol",
                    "C",
                    "--timeframe",
                    "1m")))
        .startsWith("{\"venue\":\"x\",\"symbol\":\"C\",\"timeframe\":\"1m\",\"ts\":\"")
        .contains("\"open\":1,\"high\":3,\"low\":-1,\"close\":2.25,\"volume\":9,")
        .doesNotContain("vwap", "source");
  }

  @Test
  void takesDefaultsForWhatRowsDoNotSay() throws IOException {
    Path file = folder.resolve("t.csv");
    Files.writeString(file, "ts,price,size\n%d,1,1\n".formatted(HOUR_AGO / 1_000));
    assertThat(
            importFiles("trades", file.toString(), "--venue", "v", "--symbol", "S", "--unit", "s"))
        .as("%s", err)
        .isZero();
    assertThat(
            secondDatabase.text("select venue || symbol from market.instruments where venue = 'v'"))
        .isEqualTo("vS");
  }

  @Test
  void tellsTheRowsThatAreRefused() throws IOException {
    Path file = folder.resolve("t.ndjson");
    String row = "{\"venue\":\"x\",\"symbol\":\"S\",\"ts\":%d,\"price\":%s,\"size\":1}\n";
    Files.writeString(
        file,
        row.formatted(HOUR_AGO, "1")
            + "\n"
            + row.formatted(HOUR_AGO, "\"NaN\"")
            + row.formatted(HOUR_AGO, "2"));
    assertThat(importFiles("trades", file.toString(), "--batch", "2")).isEqualTo(1);
    assertThat(err.toString()).contains("t.ndjson: rejected: row 2: price not_finite");
    assertThat(out.toString()).contains("sent 3 rows, committed 2, duplicates 0, rejected 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t.csv    | ts,price,size,cost | column \"cost\": not a field of trades, or twice",
        "t.csv    | ts,ts              | column \"ts\": not a field of trades, or twice",
        "t.csv    | 1                  | column \"1\": not a field of trades, or twice",
        "t.ndjson | {\"ts\":1          | not JSON",
        "t.ndjson | [1]                | a JSON object is required",
        "t.ndjson | {\"ts\":1} {}      | unexpected text after the JSON object",
        "t.ndjson | {\"ts\":1,\"ts\":2} | duplicate field ts",
      })
  void sendsNothingOfAFileThatIsBroken(String name, String line, String fault) throws IOException {
    Path file = folder.resolve(name);
    String good = "{\"venue\":\"x\",\"symbol\":\"S\",\"ts\":%d,\"price\":1,\"size\":1}\n";
    Files.writeString(file, (name.endsWith("csv") ? "" : good.formatted(HOUR_AGO)) + line + "\n");
    assertThat(importFiles("trades", file.toString(), "--batch", "1")).isEqualTo(1);
    assertThat(err.toString()).contains(fault, name + ": line ", "nothing was sent");
    assertThat(secondDatabase.number("select count(*) from ingest.streams where stream like 't.%'"))
        .isZero();
  }

  @Test
  void leavesNoFileWhereTheServerRefuses() {
    Path file = folder.resolve("a.csv");
    String[] args = {
      "trades",
      "--venue",
      "x",
      "--symbol",
      "NONE",
      "--url",
      first.url().toString(),
      "-o",
      file.toString()
    };
    assertThat(run(new ExportCommand(null), args)).isEqualTo(1);
    assertThat(err.toString()).contains("/v1/trades answered 404", "unknown_instrument");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export trades                                | Missing required options",
        "export ticks --venue x -o a.csv              | Invalid value for positional parameter",
        "export trades --venue x -o a.txt             | must end in .csv or .ndjson",
        "export candles --venue x -o a.csv            | --timeframe is needed",
        "export trades --venue x -o a.csv --timeframe 1m | --timeframe is not",
        "import trades                                | Missing required parameter",
        "import trades none.csv                       | cannot read none.csv: no such file",
        "import trades none.csv --unit d              | --unit d must be one of",
        "import trades none.csv --batch 0             | --batch 0: at least 1",
        "import trades none.csv --symbol \"           | invalid --symbol",
      })
  void explainsAWrongCommandLine(String line, String fault) {
    String[] words = line.split(" ", 2);
    Object command = words[0].equals("export") ? new ExportCommand(null) : new ImportCommand(null);
    assertThat(run(command, words[1].split(" +"))).isEqualTo(2);
    assertThat(err.toString()).contains(fault);
  }
}
