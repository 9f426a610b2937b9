package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** InfluxDB line protocol, in requests as clients send them. */
class InfluxIT {
  private static final String KEY = "a-key-of-a-feed";
  private static final int BODY_BYTES = 100_000;
  private static final String V2 = "/api/v2/write?org=o&bucket=b&precision=ms";
  private static final String V1 = "/write?db=d&precision=ms";

  private static TestDatabase database;
  private static ServerProcess server;

  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server =
        ServerProcess.on(
            database,
            "API_KEYS_FILE",
            TestApiKey.of(KEY, "ingest,read").toString(),
            "HTTP_HOST",
            "127.0.0.1",
            "BODY_BYTES",
            Integer.toString(BODY_BYTES));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static HttpResponse<String> post(String path, String body, String... headers) {
    return server.post(path, "text/plain", body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static HttpResponse<String> write(String path, String... lines) {
    return post(path, String.join("\n", lines), "Authorization", "Token " + KEY);
  }

  private static void written(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  private static JsonObject refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonObject json = new JsonObject(answer.body());
    assertThat(json.getString("code")).isEqualTo(code);
    assertThat(json.getString("error")).isEqualTo(json.getString("message"));
    return json;
  }

  private String trade(long ts, double price, String more) {
    return "trades-X,symbol=%s price=%s,size=1%s %d".formatted(symbol, price, more, ts);
  }

  private long stored(String kind) {
    return database.number(
        "select count(*) from market.%s join market.instruments i on i.id = instrument_id"
                .formatted(kind)
            + " where symbol = '%s'".formatted(symbol));
  }

  private static JsonObject read(String path) {
    return new JsonObject(server.get(path, "X-API-Key", KEY).body());
  }

  private String prices() {
    return database.text(
        """
        select string_agg(price::text, ' ' order by ts, trade_id)
        from market.trades join market.instruments i on i.id = instrument_id where symbol = '%s'
        """
            .formatted(symbol));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void writesAllKindsOfOneRequestBeforeItAnswers(String path) {
    String quote = "ticker-X,symbol=%s bid=1,ask=2 %d".formatted(symbol, Messages.HOUR_AGO);
    String candle =
        "candles-X,symbol=%s,interval=1m open=1,high=2,low=1,close=2,volume=3 %d"
            .formatted(symbol, Messages.HOUR_AGO);
    written(write(path, quote, trade(Messages.HOUR_AGO, 5, ""), candle, "# the end"));
    assertThat(stored("trades")).isEqualTo(1);
    assertThat(stored("quotes")).isEqualTo(1);
    assertThat(stored("candles_1m")).isEqualTo(1);
  }

  @Test
  void takesAnEmptyBodyForNothing() {
    written(write(V2, "# nothing", ""));
    written(write(V2, ""));
  }

  @Test
  void refusesTheWholeRequestForOneLineAndSaysWhichAndWhy() {
    String good = trade(Messages.HOUR_AGO, 5, "");
    JsonObject malformed = refused(write(V2, good, "", "trades-X price"), 400, "invalid");
    assertThat(malformed.getInteger("line")).isEqualTo(3);
    assertThat(malformed.getString("message")).isEqualTo("line 3: a field has no value: price");
    String quote = "quotes-X,symbol=%s last=1 %d".formatted(symbol, Messages.HOUR_AGO);
    JsonObject bad =
        refused(write(V2, quote, good, trade(Messages.HOUR_AGO, -1e31, "")), 400, "invalid");
    assertThat(bad.getInteger("line")).isEqualTo(1);
    assertThat(bad.getString("message"))
        .isEqualTo(
            "line 1: bid: missing_field: bid or ask is required; line 3: price: out_of_range: must"
                + " be 0, or from 1e-30 to 1e30 with either sign. Nothing was written");
    assertThat(stored("trades") + stored("quotes")).isZero();
    assertThat(
            database.number(
                "select count(*) from market.instruments where symbol = '%s'".formatted(symbol)))
        .isZero();
  }

  @Test
  void namesTheLineThatCancelsATradeThatIsNotThere() {
    String cancel =
        "trades-X,symbol=%s,action=cancel id=7i %d".formatted(symbol, Messages.HOUR_AGO);
    JsonObject answer =
        refused(write(V2, trade(Messages.HOUR_AGO, 5, ""), "", cancel), 400, "invalid");
    assertThat(answer.getInteger("line")).isEqualTo(3);
    assertThat(answer.getString("message"))
        .isEqualTo(
            "line 3: id: unknown_trade: no trade of this ts and id is known. Nothing was written");
    assertThat(stored("trades")).isZero();
  }

  @Test
  void storesALineOnceHoweverOftenItIsSent() {
    String[] lines = {
      trade(Messages.HOUR_AGO, 3, ""),
      trade(Messages.HOUR_AGO, 1, ""),
      trade(Messages.HOUR_AGO, 3, ""),
      trade(Messages.HOUR_AGO, 9, ",id=7i"),
      "quotes-X,symbol=%s bid=1 %d".formatted(symbol, Messages.HOUR_AGO),
      "quotes-X,symbol=%s bid=1 %d".formatted(symbol, Messages.HOUR_AGO)
    };
    written(write(V2, lines));
    written(write(V2, lines));
    written(write(V2, lines[0], lines[1], lines[2], lines[3], lines[4], lines[5], lines[3]));
    written(write(V2, lines[0]));
    assertThat(stored("trades")).isEqualTo(4);
    assertThat(stored("quotes")).isEqualTo(2);
    assertThat(prices()).as("in the order in which they were sent").endsWith("3 1 3");
  }

  @Test
  void linesWithoutIdsOfOneTimeStandInTheOrderInWhichTheyWereSent() {
    long ns = Messages.HOUR_AGO * 1_000_000;
    String form = "trades-X,symbol=%s price=%d,size=1 %d";
    String[] within = new String[4];
    int[] nanos = {1, 200, 500, 900};
    for (int i = 0; i < within.length; i++) {
      within[i] = form.formatted(symbol, i + 1, ns + nanos[i]);
    }
    for (int turn = 0; turn < 2; turn++) {
      written(write("/api/v2/write", within));
      for (int i = 4; i < 12; i++) {
        written(write("/api/v2/write", form.formatted(symbol, i + 1, ns)));
      }
    }
    String of = "?venue=X&symbol=" + symbol + "&from=" + Messages.HOUR_AGO;
    assertThat(read("/v1/trades" + of).getJsonArray("trades").stream())
        .extracting(trade -> ((JsonObject) trade).getInteger("price"))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    JsonObject candle =
        read("/v1/candles" + of + "&timeframe=1m").getJsonArray("candles").getJsonObject(0);
    assertThat(candle.getInteger("open")).isEqualTo(1);
    assertThat(candle.getInteger("close")).isEqualTo(12);
  }

  @Test
  void anIdIsTheSameAsAnIntegerAndAsADecimal() {
    written(
        write(
            V2,
            trade(Messages.HOUR_AGO, 1, ",id=123456i"),
            trade(Messages.HOUR_AGO, 1, ",id=123456.0"),
            trade(Messages.HOUR_AGO, 1, ",id=1.23456e5"),
            trade(Messages.HOUR_AGO, 1, ",id=\"123456\""),
            trade(Messages.HOUR_AGO, 1, ",id=\"123456.0\""),
            trade(Messages.HOUR_AGO, 1, ",id=18446744073709551615u")));
    String of = "?venue=X&symbol=" + symbol + "&from=" + Messages.HOUR_AGO;
    assertThat(read("/v1/trades" + of).getJsonArray("trades").stream())
        .extracting(trade -> ((JsonObject) trade).getValue("id"))
        .containsExactly(123456, "18446744073709551615", "123456.0");
  }

  @Test
  void givesALineWithoutATimeTheServersClock() {
    long before = System.currentTimeMillis();
    written(write(V2, "trades-X,symbol=%s price=1,size=1".formatted(symbol)));
    long ts =
        database.number(
            "select (extract(epoch from ts) * 1000)::bigint from market.trades join"
                + " market.instruments i on i.id = instrument_id where symbol = '%s'"
                    .formatted(symbol));
    assertThat(ts).isBetween(before - 1, System.currentTimeMillis() + 1);
  }

  @Test
  void writesLinesThatComeOneARequestTogether() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(
          server.postLater(
              V2, trade(Messages.HOUR_AGO + i, i, ""), "Authorization", "Token " + KEY));
    }
    answers.forEach(answer -> written(answer.join()));
    assertThat(stored("trades")).isEqualTo(200);
    long transactions = database.number("select count(*) from ingest.changes");
    assertThat(transactions).isLessThan(150);
  }

  @Test
  void inflatesGzip() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(trade(Messages.HOUR_AGO, 1, "").getBytes(StandardCharsets.UTF_8));
    }
    written(
        server.post(
            V2,
            "text/plain",
            bytes.toByteArray(),
            "Authorization",
            "Token " + KEY,
            "Content-Encoding",
            "gzip"));
    assertThat(stored("trades")).isEqualTo(1);
  }

  @Test
  void refusesWhatIsTooLargeSoThatClientsSplitIt() {
    String line = trade(Messages.HOUR_AGO, 1, "");
    String[] lines =
        java.util.Collections.nCopies(BODY_BYTES / line.length() + 1, line).toArray(new String[0]);
    refused(write(V2, lines), 413, "request too large");
    assertThat(stored("trades")).isZero();
  }

  @Test
  void refusesBinaryValuesAndSaysWhatToSet() {
    byte[] binary = {'t', ' ', 'p', '=', '=', 16, 0, 0, 0, 0, 0, 0, (byte) 0xF0, '?', '\n'};
    HttpResponse<String> answer =
        server.post("/write?precision=n", "text/plain", binary, "X-API-Key", KEY);
    assertThat(refused(answer, 400, "invalid").getString("message")).contains("protocol_version=1");
  }

  @ParameterizedTest
  @CsvSource({
    "/write?precision=d",
    "/write?precision=",
    "/api/v2/write?precision=auto",
  })
  void refusesAPrecisionItDoesNotKnow(String path) {
    JsonObject refusal = refused(write(path, trade(1, 1, "")), 400, "invalid");
    assertThat(refusal.getString("message")).startsWith("precision: must be one of");
  }

  @Test
  void takesAKeyInEachWayThatItsClientsSendIt() {
    String line = trade(Messages.HOUR_AGO, 1, "");
    String basic =
        Base64.getEncoder().encodeToString(("user:" + KEY).getBytes(StandardCharsets.UTF_8));
    String wrong = Base64.getEncoder().encodeToString("user:x".getBytes(StandardCharsets.UTF_8));
    for (String path : List.of(V1, V2)) {
      written(post(path, line, "Authorization", "Token " + KEY));
      written(post(path, line, "Authorization", "Bearer " + KEY));
      written(post(path, line, "Authorization", "Basic " + basic));
      for (String refused : List.of("Token x", "Basic " + wrong, "Basic ?", "Basic")) {
        assertThat(post(path, line, "Authorization", refused).statusCode()).isEqualTo(401);
      }
      assertThat(post(path + "&u=user&p=" + KEY, line).statusCode()).isEqualTo(401);
    }
    assertThat(server.post("/v1/trades", "{}", "Authorization", "Basic " + basic).statusCode())
        .as("Basic elsewhere")
        .isEqualTo(401);
  }

  @Test
  void tellsWithoutAKeyThatItIsThereAndWhatItSpeaks() {
    HttpResponse<String> ping = server.get("/ping");
    assertThat(ping.statusCode()).isEqualTo(204);
    assertThat(ping.headers().firstValue("X-Influxdb-Version")).isPresent();
    JsonObject settings = server.json("/settings");
    assertThat(settings.getJsonObject("config").getJsonArray("line.proto.support.versions"))
        .containsExactly(1);
  }
}
