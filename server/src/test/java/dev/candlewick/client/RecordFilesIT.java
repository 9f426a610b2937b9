package dev.candlewick.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.format.Engine;
import dev.candlewick.server.RunningServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Records of every type, and indicators, in files of every form. */
class RecordFilesIT {
  private static final String KIND =
      """
      {"kind":"file_things","key":["bot","id"],"retention":"none","columns":[
       {"name":"bot","type":"text","required":true},{"name":"id","type":"integer","required":true},
       {"name":"venue","type":"venue"},{"name":"symbol","type":"symbol"},
       {"name":"note","type":"text"},{"name":"amount","type":"decimal"},
       {"name":"ratio","type":"number"},{"name":"open","type":"boolean"},
       {"name":"at","type":"timestamp"},{"name":"meta","type":"json"},
       {"name":"bids","type":"levels"}]}
      """;

  private static final String NUMBERS =
      """
      {"kind":"file_numbers","key":["bot","id"],"retention":"none","columns":[
       {"name":"bot","type":"text","required":true},{"name":"id","type":"integer","required":true},
       {"name":"ratio","type":"number"},{"name":"meta","type":"json"}]}
      """;

  private static final String ROWS =
      """
      {"rows":[{"ts":1704067200000,"bot":"a","id":1,"venue":"v","symbol":"S","note":"=one, \\"two\\"\\nthree é",
        "amount":"12345678901234567890.125","ratio":0.1,"open":true,"at":1704067200123,
        "meta":{"b":[1,2.50],"a":"x"},"bids":[[1.5,2],[1.25,3]]},
       {"ts":1704067260000,"bot":"b","id":2,"note":"'-two\\u001f","amount":-3,"open":false,"meta":"text"}]}
      """;

  private static RunningServer server;
  private static int ids = 100;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
    String json = "application/json";
    assertThat(server.send("PUT", "/v1/kinds/file_things", KIND, "Content-Type", json).statusCode())
        .isBetween(200, 201);
    assertThat(server.send("POST", "/v1/records/file_things", ROWS, "Content-Type", json).body())
        .contains("\"rows\":2");
    StringBuilder candles =
        new StringBuilder("{\"venue\":\"ind\",\"symbol\":\"S\",\"timeframe\":\"1m\",\"rows\":[");
    for (int i = 0; i < 40; i++) {
      candles
          .append(i == 0 ? "" : ",")
          .append(
              "{\"ts\":%d,\"open\":1,\"high\":9,\"low\":1,\"close\":%d,\"volume\":2}"
                  .formatted(1_704_067_200_000L + i * 60_000L, 1 + i % 7));
    }
    assertThat(
            server
                .send("POST", "/v1/candles", candles.append("]}").toString(), "Content-Type", json)
                .statusCode())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private int run(Object command, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--url", server.url()));
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(new String[0]));
  }

  private List<String> types(Path parquet) throws IOException, SQLException {
    List<String> types = new ArrayList<>();
    try (Connection duckdb = Engine.duckdb(List.of(parquet));
        Statement query = duckdb.createStatement();
        ResultSet columns =
            query.executeQuery("describe select * from read_parquet('" + parquet + "')")) {
      while (columns.next()) {
        types.add(columns.getString(1) + " " + columns.getString(2));
      }
    }
    return types;
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "ndjson", "csv.gz", "parquet"})
  void takesRecordsBackAsTheyWere(String form) {
    Path file = folder.resolve("things." + form);
    assertThat(run(new ExportCommand(null), "records", "file_things", "-o", file.toString()))
        .as("%s", err)
        .isZero();
    String ws = server.url().replace("http", "ws") + "/v1/ingest";
    CommandLine imports =
        new CommandLine(new ImportCommand(null))
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    assertThat(imports.execute("records", "file_things", file.toString(), "--verify", "--url", ws))
        .as("%s%s", out, err)
        .isZero();
    assertThat(out.toString())
        .contains("sent 2 rows, committed 2, duplicates 2, rejected 0", "verified: all 2 rows");
  }

  @Test
  void recordsOfNobodyAndOfABotThatNoFilterNamesAreVerifiedToo() throws IOException {
    String json = "application/json";
    for (String kind : List.of("file_places", "file_bots")) {
      String first = kind.equals("file_bots") ? "bot" : "id";
      String declaration =
          """
          {"kind":"%s","key":["%s"],"columns":[{"name":"%s","type":"text","required":true},
           {"name":"venue","type":"venue"},{"name":"symbol","type":"symbol"}]}
          """
              .formatted(kind, first, first);
      server.send("PUT", "/v1/kinds/" + kind, declaration, "Content-Type", json);
      Path file = folder.resolve(kind + ".csv");
      Files.writeString(
          file,
          first
              + ",ts,venue,symbol\n\"a\tb\",2024-01-01T00:00:00Z,,\n"
              + "c,2024-01-01T00:00:00Z,v,S\nd,2024-01-01T00:00:01Z,v,T\n");
      assertThat(run(new ImportCommand(null), "records", kind, file.toString(), "--verify"))
          .as("%s%s", out, err)
          .isZero();
    }
    assertThat(out.toString().split("verified: all 3 rows", -1)).hasSize(3);
  }

  @Test
  void everyDigitComesBackFromParquet() {
    for (String kind : List.of("file_digits", "file_digits_again")) {
      String declaration =
          """
          {"kind":"%s","key":["id"],"columns":[{"name":"id","type":"text","required":true},
           {"name":"short","type":"decimal"},{"name":"padded","type":"decimal"},
           {"name":"mixed","type":"decimal"},{"name":"bids","type":"levels"},
           {"name":"asks","type":"levels"}]}
          """
              .formatted(kind);
      server.send("PUT", "/v1/kinds/" + kind, declaration, "Content-Type", "application/json");
    }
    String rows =
        """
        {"rows":[{"ts":1704067200000,"id":"a","short":"1.5","padded":"10.00","mixed":"1.50",
          "bids":[["0.12345678901234567890","1.0"]],"asks":[[100,0.5],[1e-7,20]]},
         {"ts":1704067200000,"id":"b","short":"100","padded":"0.10","mixed":"2.5","asks":[]},
         {"ts":1704067200000,"id":"c","short":"0.05","padded":"-1.25","mixed":"100.0"}]}
        """;
    String path = "/v1/records/file_digits";
    server.send("POST", path, rows, "Content-Type", "application/json");
    Path file = folder.resolve("digits.parquet");
    assertThat(run(new ExportCommand(null), "records", "file_digits", "-o", file.toString()))
        .as("%s", err)
        .isZero();
    String ws = server.url().replace("http", "ws") + "/v1/ingest";
    CommandLine imports =
        new CommandLine(new ImportCommand(null)).setOut(new PrintWriter(out, true));
    String[] again = {"records", "file_digits_again", file.toString(), "--url", ws};
    assertThat(imports.execute(again)).as("%s%s", out, err).isZero();
    String stored = server.send("GET", path, "").body();
    assertThat(stored).contains("1.5,", "10.00", "1.50", "0.12345678901234567890", "100,");
    assertThat(server.send("GET", path + "_again", "").body())
        .isEqualTo(stored.replace("file_digits", "file_digits_again"));
  }

  @Test
  void textThatASpreadsheetTakesForAFormulaIsTheSameWhenItsCsvIsPostedBack() {
    String json = "application/json";
    String kind =
        """
        {"kind":"file_texts","key":["note"],"retention":"none","chunk":"30d",
         "columns":[{"name":"note","type":"text","required":true},{"name":"more","type":"text"}]}
        """;
    server.send("PUT", "/v1/kinds/file_texts", kind, "Content-Type", json);
    List<String> texts =
        List.of("=1", "+1", "-1", "@a", "'=1", "''+1", "''", "'a", "\t=1", "\r", " a ", "'", "a");
    JsonArray rows = new JsonArray();
    for (String text : texts) {
      rows.add(new JsonObject().put("ts", 1_704_067_200_000L).put("note", text).put("more", text));
    }
    String path = "/v1/records/file_texts";
    server.send("POST", path, new JsonObject().put("rows", rows).encode(), "Content-Type", json);
    String csv = server.send("GET", path + "?format=csv", "").body();
    assertThat(csv).contains("'=1,'=1", "'''+1,'''+1", "'-1,'-1");
    assertThat(server.send("POST", path, csv, "Content-Type", "text/csv").body())
        .contains("\"rows\":13,\"inserted\":0,\"duplicates\":13");
  }

  @Test
  void writesRecordsWithTheirTypes() throws IOException, SQLException {
    Path file = folder.resolve("things.parquet");
    assertThat(run(new ExportCommand(null), "records", "file_things", "-o", file.toString()))
        .as("%s", err)
        .isZero();
    assertThat(types(file))
        .containsExactly(
            "ts TIMESTAMP WITH TIME ZONE",
            "bot VARCHAR",
            "id BIGINT",
            "venue VARCHAR",
            "symbol VARCHAR",
            "note VARCHAR",
            "amount DECIMAL(38,3)",
            "ratio DOUBLE",
            "open BOOLEAN",
            "at TIMESTAMP WITH TIME ZONE",
            "meta VARCHAR",
            "bids DOUBLE[][]");
  }

  @Test
  void writesIndicators() throws IOException, SQLException {
    Path file = folder.resolve("indicators.parquet");
    assertThat(
            run(
                new ExportCommand(null),
                "indicators",
                "--venue",
                "ind",
                "--symbol",
                "S",
                "--timeframe",
                "1m",
                "--indicators",
                "rsi(14),macd(12,26,9)",
                "-o",
                file.toString()))
        .as("%s", err)
        .isZero();
    assertThat(out.toString()).contains("wrote 40 rows");
    assertThat(types(file))
        .contains("ts TIMESTAMP WITH TIME ZONE", "close DOUBLE", "closed BOOLEAN", "rsi(14) DOUBLE")
        .contains("macd(12,26,9) DOUBLE", "macd(12,26,9).signal DOUBLE");
    assertThat(Files.size(file)).isPositive();
  }

  @Test
  void takesLongNumbersByEveryWayIn() throws IOException {
    server.send("PUT", "/v1/kinds/file_numbers", NUMBERS, "Content-Type", "application/json");
    String fraction = "0." + "1".repeat(401);
    String whole = "1".repeat(401);
    assertThat(ways("ratio", fraction)).containsExactly("stored", "stored", "stored", "stored");
    assertThat(ways("meta", fraction)).containsExactly("stored", "stored", "stored", "stored");
    assertThat(ways("meta", whole)).containsExactly("stored", "stored", "stored", "stored");
    String refused = "ratio out_of_range";
    assertThat(ways("ratio", whole)).containsExactly(refused, refused, refused, refused);
    String longer = "ts,bot,id,ratio\n1704067200000,long,1," + "1".repeat(1_001) + "\n";
    assertThat(imported("longer.csv", longer)).isEqualTo(refused);
  }

  /** What becomes of a value as JSON and CSV, by REST and from a file. */
  private List<String> ways(String field, String number) throws IOException {
    String json =
        "{\"ts\":1704067200000,\"bot\":\"long\",\"id\":%d,\"" + field + "\":" + number + "}";
    String csv = "ts,bot,id," + field + "\n1704067200000,long,%d," + number + "\n";
    List<String> results = new ArrayList<>();
    results.add(posted("{\"rows\":[" + json.formatted(++ids) + "]}", "application/json"));
    results.add(posted(csv.formatted(++ids), "text/csv"));
    results.add(imported("long.ndjson", json.formatted(++ids)));
    results.add(imported("long.csv", csv.formatted(++ids)));
    return results;
  }

  private static String posted(String body, String type) {
    JsonObject answer =
        new JsonObject(
            server.send("POST", "/v1/records/file_numbers", body, "Content-Type", type).body());
    if (Integer.valueOf(1).equals(answer.getInteger("inserted"))) {
      return "stored";
    }
    JsonObject row = answer.getJsonArray("rejected", new JsonArray().add(answer)).getJsonObject(0);
    return row.getString("field") + " " + row.getString("code");
  }

  private String imported(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    Path rejects = folder.resolve("rejects.csv");
    String[] args = {"records", "file_numbers", file.toString(), "--rejects", rejects.toString()};
    if (run(new ImportCommand(null), args) == 0) {
      return "stored";
    }
    String[] row = Files.readAllLines(rejects).get(1).split(",");
    return row[1] + " " + row[2];
  }
}
