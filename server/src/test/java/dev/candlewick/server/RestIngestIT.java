package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REST ingest: the forms of a body, bad rows, and what is refused as a whole. */
class RestIngestIT {
  private static final int BODY_BYTES = 1_000_000;

  private static TestDatabase database;
  private static ServerProcess server;

  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database, "BODY_BYTES", Integer.toString(BODY_BYTES));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private long stored() {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  private long instruments() {
    return database.number(
        "select count(*) from market.instruments where symbol = '%s'".formatted(symbol));
  }

  private static JsonObject json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    return new JsonObject(answer.body());
  }

  private static JsonObject problem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("code")).isEqualTo(code);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("request_id")).isNotEmpty();
    return problem;
  }

  private static HttpResponse<String> post(String path, String contentType, String body) {
    return server.post(path, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** As after a day without requests, when the old streams of servers are deleted. */
  @Test
  void goesOnAfterTheServersOwnStreamIsGone() {
    for (int id = 1; id <= 2; id++) {
      HttpResponse<String> answer =
          server.post("/v1/trades", body(symbol, trade(HOUR_AGO, 1, 1, id)));
      assertThat(json(answer).getInteger("inserted")).isEqualTo(1);
      database.execute("delete from ingest.streams where api_key_id = -1");
    }
    assertThat(stored()).isEqualTo(2);
  }

  @Test
  void answersAfterCommitWithTheSumOfTheParts() {
    JsonObject answer =
        json(
            server.post(
                "/v1/trades", body(symbol, trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, 1, 1, 1))));
    assertThat(stored()).isEqualTo(1);
    answer.remove("durability");
    assertThat(answer)
        .isEqualTo(
            new JsonObject()
                .put("rows", 2)
                .put("inserted", 1)
                .put("duplicates", 1)
                .put("updated", 0)
                .put("rejected", new JsonArray())
                .put("ack", "committed"));
  }

  @Test
  void rowsWinOverDefaultsAndTheBodyOverTheQuery() {
    JsonObject own = trade(HOUR_AGO / 1_000, 1, 1, 1).put("symbol", symbol + "-own");
    JsonObject plain = trade(HOUR_AGO / 1_000, 1, 1, 2);
    String body = new JsonObject(body(symbol, own, plain)).put("unit", "s").encode();
    json(server.post("/v1/trades?symbol=QUERY&unit=ns&venue=QUERY", body));
    assertThat(stored()).isEqualTo(1);
    assertThat(
            database.text(
                "select string_agg(venue || ' ' || symbol, ',' order by symbol)"
                    + " from market.instruments where symbol like '%s%%'".formatted(symbol)))
        .isEqualTo("binance %1$s,binance %1$s-own".formatted(symbol));
    assertThat(
            database.number("select count(*) from market.trades where ts < now() - interval '1 d'"))
        .isZero();
  }

  @Test
  void takesNdjsonWithDefaultsInTheQuery() {
    String lines =
        """
        {"ts":%1$d,"price":"1.5","size":2,"id":1}\r
        {"ts":%1$d,"price":1.6,"size":2,"id":2}

        {"ts":%1$d,"price":1.7,"size":2,"id":3}\
        """
            .formatted(HOUR_AGO);
    String path = "/v1/trades?venue=binance&symbol=" + symbol;
    assertThat(json(post(path, "application/x-ndjson", lines)).getInteger("inserted")).isEqualTo(3);
    problem(post(path, "application/x-ndjson", lines + "\n{"), 400, "malformed");
  }

  @Test
  void takesCsvWithAHeaderLine() {
    String csv =
        """
        ts,price,size,side,id,flags
        %1$d,1.5,2,buy,1,
        %1$d,1.6,2,,"quoted, id",no_price|no_volume
        """
            .formatted(HOUR_AGO);
    String path = "/v1/trades?venue=binance&symbol=" + symbol;
    assertThat(json(post(path, "text/csv; charset=utf-8", csv)).getInteger("inserted"))
        .isEqualTo(2);
    JsonArray rows =
        server
            .json("/v1/trades?venue=binance&symbol=%s&from=%d".formatted(symbol, HOUR_AGO))
            .getJsonArray("trades");
    JsonObject flagged =
        rows.getJsonObject(rows.getJsonObject(0).getDouble("price") == 1.6 ? 0 : 1);
    assertThat(flagged.getJsonArray("flags")).contains("no_price", "no_volume");
    problem(post(path, "text/csv", "ts,price,size\n1,2\n"), 400, "malformed");
    problem(post(path, "text/csv", ""), 400, "malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"quotes", "candles"})
  void takesTheOtherKinds(String kind) {
    String row =
        kind.equals("quotes")
            ? "{\"ts\":%d,\"bid\":1,\"ask\":2}".formatted(HOUR_AGO)
            : Messages.candle(HOUR_AGO, 1, 2, 1, 2).put("timeframe", "1m").encode();
    String path = "/v1/%s?venue=binance&symbol=%s".formatted(kind, symbol);
    assertThat(json(post(path, "application/x-ndjson", row)).getInteger("inserted")).isEqualTo(1);
  }

  @Test
  void aBadRowMeansThatNothingIsWrittenNotEvenTheInstrument() {
    HttpResponse<String> answer =
        server.post(
            "/v1/trades", body(symbol, trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, "x", 1, 2)));
    JsonObject problem = problem(answer, 422, "rows_rejected");
    JsonObject rejected = problem.getJsonArray("rejected").getJsonObject(0);
    assertThat(rejected.getInteger("index")).isEqualTo(1);
    assertThat(rejected.getString("field")).isEqualTo("price");
    assertThat(rejected.getString("code")).isEqualTo("bad_type");
    assertThat(instruments()).isZero();
  }

  @Test
  void tellsAHundredOfTheRejectedRowsAndHowManyMore() {
    JsonObject[] rows = new JsonObject[150];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = trade(HOUR_AGO, 1, -1);
    }
    JsonObject problem =
        problem(server.post("/v1/trades", body(symbol, rows)), 422, "rows_rejected");
    assertThat(problem.getJsonArray("rejected")).hasSize(100);
    assertThat(problem.getInteger("rejected_more")).isEqualTo(50);
  }

  @Test
  void skipsBadRowsIfAskedTo() {
    JsonObject answer =
        json(
            server.post(
                "/v1/trades?on_error=skip",
                body(symbol, trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, "x", 1, 2))));
    assertThat(answer.getInteger("rows")).isEqualTo(2);
    assertThat(answer.getInteger("inserted")).isEqualTo(1);
    assertThat(answer.getJsonArray("rejected")).hasSize(1);
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void takesAGzippedBody() {
    byte[] zipped = gzip(body(symbol, trade(HOUR_AGO, 1, 1, 1)).getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> answer =
        server.post("/v1/trades", "application/json", zipped, "Content-Encoding", "gzip");
    assertThat(json(answer).getInteger("inserted")).isEqualTo(1);
  }

  @Test
  void refusesABodyThatInflatesPastTheLimit() {
    byte[] bomb = gzip(new byte[BODY_BYTES * 20]);
    assertThat(bomb.length).isLessThan(BODY_BYTES / 10);
    problem(
        server.post("/v1/trades", "application/json", bomb, "Content-Encoding", "gzip"),
        413,
        "too_large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "EMPTY", "CUT", "FLIPPED"})
  void refusesWhatOnlyClaimsToBeGzip(String how) {
    byte[] plain = body(symbol, trade(HOUR_AGO, 1, 1)).getBytes(StandardCharsets.UTF_8);
    byte[] zipped = gzip(plain);
    zipped[zipped.length - 6] ^= 1; // of the checksum
    byte[] sent =
        switch (how) {
          case "PLAIN" -> plain;
          case "EMPTY" -> new byte[0];
          case "CUT" -> java.util.Arrays.copyOf(gzip(plain), zipped.length / 2);
          default -> zipped;
        };
    problem(
        server.post("/v1/trades", "application/json", sent, "Content-Encoding", "gzip"),
        400,
        "malformed");
    assertThat(instruments()).isZero();
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return zipped.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "compress", "deflate", "zstd", "lzma", "gzip, gzip", "aws-chunked"})
  void refusesAnEncodingItDoesNotKnow(String encoding) {
    byte[] plain = body(symbol, trade(HOUR_AGO, 1, 1)).getBytes(StandardCharsets.UTF_8);
    problem(
        server.post("/v1/trades", "application/json", plain, "Content-Encoding", encoding),
        415,
        "unsupported_media_type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/json; charset=iso-8859-1"})
  void refusesAContentTypeItDoesNotKnow(String type) {
    problem(post("/v1/trades", type, "{}"), 415, "unsupported_media_type");
  }

  @Test
  void refusesABodyOverTheLimit() {
    byte[] body = new byte[BODY_BYTES + 1];
    problem(server.post("/v1/trades", "application/json", body), 413, "too_large");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 400, malformed",
    "'{', 400, malformed",
    "'{\"rows\":[],\"rows\":[]}', 400, malformed",
    "'{\"rows\":[{\"ts\":1,\"ts\":1}]}', 422, rows_rejected",
    "'{}', 422, bad_message",
    "'[]', 422, bad_message",
    "'{\"rows\":7}', 422, bad_message",
    "'{\"rows\":[],\"colour\":1}', 422, bad_message",
    "'{\"t\":\"quotes\",\"rows\":[]}', 422, bad_message"
  })
  void refusesABodyOfAnotherShape(String body, int status, String code) {
    problem(post("/v1/trades", "application/json", body), status, code);
  }

  @ParameterizedTest
  @CsvSource({"on_error=maybe", "unit=m", "colour=red"})
  void refusesAParameterItDoesNotKnow(String query) {
    HttpResponse<String> answer =
        server.post("/v1/trades?" + query, body(symbol, trade(HOUR_AGO, 1, 1)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(instruments()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Depth, a long key, many keys, long and far numbers: refused before they cost anything.
        "DEPTH",
        "LONG_KEY",
        "MANY_KEYS",
        "LONG_NUMBER",
        "FAR_EXPONENT"
      })
  void refusesJsonThatIsMadeToCost(String how) {
    String body =
        switch (how) {
          case "DEPTH" -> "{\"rows\":" + "[".repeat(100_000);
          case "LONG_KEY" -> "{\"" + "k".repeat(900_000) + "\":1}";
          case "MANY_KEYS" -> manyKeys();
          case "LONG_NUMBER" ->
              body(symbol, trade(HOUR_AGO, 0, 1)).replace("0,", "1".repeat(100_000) + ",");
          default -> body(symbol, trade(HOUR_AGO, 77, 1)).replace(":77,", ":1e999999999,");
        };
    long start = System.nanoTime();
    HttpResponse<String> answer = server.post("/v1/trades", body);
    assertThat(answer.statusCode()).as("%s", answer.body()).isIn(400, 413, 422);
    assertThat(answer.body()).hasSizeLessThan(1_000);
    assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(3_000);
    assertThat(instruments()).isZero();
  }

  private static String manyKeys() {
    StringBuilder body = new StringBuilder("{\"rows\":[{");
    for (int i = 0; i < 70_000; i++) {
      body.append("\"k").append(i).append("\":1,");
    }
    return body.append("\"ts\":1}]}").toString();
  }
}
