package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.candle;
import static dev.candlewick.server.Messages.trade;
import static dev.candlewick.server.Messages.trades;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trades that are corrected and cancelled, and what is told of them by every way in and out. */
class AmendmentIT {
  private static final List<String> TIMEFRAMES =
      List.of("10s", "1m", "5m", "7m", "15m", "1h", "4h", "1d", "1w", "1M");

  private static TestDatabase database;
  private static ServerProcess server;

  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database, "RETENTION_TRADES", "none").awaitReady();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static JsonObject correct(long ts, Object price, Object size, Object id) {
    return trade(ts, price, size, id).put("action", "correct");
  }

  private static JsonObject cancel(long ts, Object id) {
    return new JsonObject().put("ts", ts).put("id", id).put("action", "cancel");
  }

  private JsonObject post(JsonObject... rows) {
    HttpResponse<String> answer = server.post("/v1/trades", body(symbol, rows));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private JsonArray read(String what, String more) {
    return server
        .json("/v1/%s?venue=binance&symbol=%s&from=0%s".formatted(what, symbol, more))
        .getJsonArray(what);
  }

  private List<Object> prices() {
    return read("trades", "").stream().map(row -> ((JsonObject) row).getValue("price")).toList();
  }

  private JsonArray candles(String timeframe) {
    return read("candles", "&timeframe=" + timeframe);
  }

  private void everyTimeframeHas(Object volume) {
    for (String timeframe : TIMEFRAMES) {
      Object sum =
          candles(timeframe).stream()
              .mapToDouble(candle -> ((JsonObject) candle).getDouble("volume"))
              .sum();
      assertThat(sum).as(timeframe).isEqualTo(volume);
    }
  }

  private static void awaitRolledUp() {
    ServerProcess.await(
        "rolled up",
        Duration.ofSeconds(20),
        () ->
            database.number(
                    "select (select count(*) from ingest.dirty where level <= 60)"
                        + " + (select count(*) from ingest.amended)")
                == 0);
  }

  /** Until it is rolled up the minute has a built candle that counts no more. */
  @Test
  void aMinuteWithoutItsTradeIsTheVenuesFinerCandleAtOnce() throws SQLException {
    post(trade(HOUR_AGO, 10, 1, 1));
    JsonObject finer = candle(HOUR_AGO, 20, 21, 19, 20).put("timeframe", "5s");
    assertThat(server.post("/v1/candles", body(symbol, finer)).statusCode()).isEqualTo(200);
    awaitRolledUp();
    try (Connection other = database.connect();
        Statement lead = other.createStatement()) {
      lead.execute("select pg_advisory_lock(740101)");
      post(cancel(HOUR_AGO, 1));
      for (String query : List.of("1m", "5m", "1h", "1m&source=native", "5m&source=native")) {
        assertThat(candles(query)).as(query).hasSize(1);
        assertThat(candles(query).getJsonObject(0).getInteger("open")).as(query).isEqualTo(20);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 40})
  void aCorrectionReplacesTheTradeInEveryCandle(long daysAgo) {
    long ts = HOUR_AGO - daysAgo * 86_400_000L;
    post(trade(ts, 10, 1, 1).put("side", "buy"), trade(ts, 20, 2, 2), trade(ts + 1, 30, 4, 3));
    awaitRolledUp();
    JsonObject answer = post(correct(ts, 5, 8, 1).put("side", "sell"), correct(ts + 1, 31, 4, 3));
    assertThat(answer.getInteger("updated")).isEqualTo(2);
    for (int turn = 0; turn < 2; turn++) {
      everyTimeframeHas(14.0);
      JsonObject candle = candles("1d").getJsonObject(0);
      assertThat(candle.getInteger("open")).isEqualTo(5);
      assertThat(candle.getInteger("low")).isEqualTo(5);
      assertThat(candle.getInteger("close")).isEqualTo(31);
      assertThat(candle.getInteger("trades")).isEqualTo(3);
      JsonObject trade = read("trades", "").getJsonObject(0);
      assertThat(trade.getString("side")).isEqualTo("sell");
      assertThat(trade.fieldNames()).doesNotContain("action");
      awaitRolledUp();
    }
  }

  @Test
  void aCorrectionOfAnUnknownTradeInsertsIt() {
    assertThat(post(correct(HOUR_AGO, 5, 8, "x-1")).getInteger("updated")).isEqualTo(1);
    assertThat(post(correct(HOUR_AGO, 5, 8, "x-1")).getInteger("duplicates")).isEqualTo(1);
    assertThat(prices()).containsExactly(5);
    everyTimeframeHas(8.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 40})
  void aCancelledTradeIsOutOfEveryCandleAndAnswer(long daysAgo) {
    long ts = HOUR_AGO - daysAgo * 86_400_000L;
    post(trade(ts, 10, 1, 1), trade(ts, 20, 2, 2), trade(ts + 60_000, 30, 4, 3));
    awaitRolledUp();
    assertThat(post(cancel(ts, 2), cancel(ts + 60_000, 3)).getInteger("updated")).isEqualTo(2);
    for (int turn = 0; turn < 2; turn++) {
      assertThat(prices()).containsExactly(10);
      everyTimeframeHas(1.0);
      assertThat(candles("1m")).as("a minute without a trade has no candle").hasSize(1);
      awaitRolledUp();
    }
    assertThat(post(cancel(ts, 1)).getInteger("updated")).isEqualTo(1);
    for (int turn = 0; turn < 2; turn++) {
      assertThat(prices()).isEmpty();
      TIMEFRAMES.forEach(timeframe -> assertThat(candles(timeframe)).as(timeframe).isEmpty());
      awaitRolledUp();
    }
    JsonObject latest =
        server
            .json("/v1/latest?venue=binance&symbol=" + symbol)
            .getJsonArray("latest")
            .getJsonObject(0);
    assertThat(latest.getValue("trade")).isNull();
    post(trade(ts, 7, 16, 4));
    everyTimeframeHas(16.0);
    awaitRolledUp();
    everyTimeframeHas(16.0);
  }

  @Test
  void whatWasCancelledDoesNotComeBackUnlessItIsCorrected() {
    post(trade(HOUR_AGO, 10, 1, 1));
    post(cancel(HOUR_AGO, 1));
    JsonObject again = post(trade(HOUR_AGO, 10, 1, 1), cancel(HOUR_AGO, 1));
    assertThat(again.getInteger("duplicates")).isEqualTo(2);
    assertThat(again.containsKey("conflicts")).isFalse();
    assertThat(post(trade(HOUR_AGO, 10, 1, 1)).getInteger("duplicates")).isEqualTo(1);
    assertThat(prices()).isEmpty();
    post(correct(HOUR_AGO, 11, 1, 1));
    assertThat(prices()).containsExactly(11);
    assertThat(post(trade(HOUR_AGO, 10, 1, 1)).getInteger("conflicts")).isEqualTo(1);
    assertThat(prices()).containsExactly(11);
  }

  @Test
  void theRowsOfOneMessageCountOneAfterTheOther() {
    JsonObject answer =
        post(
            trade(HOUR_AGO, 10, 1, 1),
            correct(HOUR_AGO, 11, 1, 1),
            cancel(HOUR_AGO, 1),
            trade(HOUR_AGO, 10, 1, 1),
            trade(HOUR_AGO, 20, 1, "b"),
            trade(HOUR_AGO, 30, 1, "c"),
            cancel(HOUR_AGO, "b"),
            correct(HOUR_AGO, 21, 1, "b"));
    assertThat(answer.getInteger("rows")).isEqualTo(8);
    assertThat(answer.getInteger("inserted")).isEqualTo(3);
    assertThat(answer.getInteger("updated")).isEqualTo(4);
    assertThat(answer.getInteger("duplicates")).isEqualTo(1);
    assertThat(prices()).as("a correction keeps the place").containsExactly(21, 30);
  }

  @Test
  void toCancelWhatIsNotKnownIsRefused() {
    HttpResponse<String> refused =
        server.post(
            "/v1/trades",
            body(symbol, trade(HOUR_AGO, 1, 1, 1), cancel(HOUR_AGO, 7), cancel(HOUR_AGO + 1, 1)));
    assertThat(refused.statusCode()).isEqualTo(422);
    JsonArray rejected = new JsonObject(refused.body()).getJsonArray("rejected");
    assertThat(rejected).hasSize(2);
    assertThat(rejected.getJsonObject(0).getInteger("index")).isEqualTo(1);
    assertThat(rejected.getJsonObject(0).getString("code")).isEqualTo("unknown_trade");
    JsonObject some =
        new JsonObject(
            server
                .post(
                    "/v1/trades?on_error=skip",
                    body(symbol, cancel(HOUR_AGO, 1), trade(HOUR_AGO, 1, 1, 1)))
                .body());
    assertThat(some.getInteger("inserted")).isEqualTo(1);
    assertThat(some.getJsonArray("rejected")).hasSize(1);
    String stream = "feed-" + symbol;
    try (IngestSocket feed = server.feed(stream)) {
      feed.say(trades(1, symbol, List.of(cancel(HOUR_AGO, 99), cancel(HOUR_AGO, 1))));
      JsonObject ack = feed.ackOf(1);
      assertThat(ack.getJsonArray("rejected")).hasSize(1);
      assertThat(ack.getJsonArray("rejected").getJsonObject(0).getString("code"))
          .isEqualTo("unknown_trade");
    }
    assertThat(server.json("/v1/rejects?stream=" + stream).getJsonArray("rejects")).hasSize(1);
    assertThat(prices()).isEmpty();
  }

  @Test
  void aRowThatCancelsHasNothingButTimeAndId() {
    for (JsonObject row :
        List.of(
            cancel(HOUR_AGO, 1).put("price", 5),
            new JsonObject().put("ts", HOUR_AGO).put("action", "cancel"),
            trade(HOUR_AGO, 1, 1).put("action", "correct"),
            correct(HOUR_AGO, 1, 1, 1).put("action", "amend"))) {
      assertThat(server.post("/v1/trades", body(symbol, row)).statusCode()).isEqualTo(422);
    }
  }

  @Test
  void otherContentUnderAKnownIdIsToldAndNotWritten() {
    long before = server.metric("candlewick_ingest_conflicts_total");
    post(trade(HOUR_AGO, 10, 1, 1), trade(HOUR_AGO, 20, 1, 2));
    JsonObject answer =
        post(
            trade(HOUR_AGO, 10, 1, 1),
            trade(HOUR_AGO, 21, 1, 2),
            trade(HOUR_AGO, 10, 1, 1).put("flags", new JsonArray().add("no_volume")));
    assertThat(answer.getInteger("duplicates")).isEqualTo(3);
    assertThat(answer.getInteger("conflicts")).isEqualTo(2);
    try (IngestSocket feed = server.feed("feed-" + symbol)) {
      feed.say(trades(1, symbol, List.of(trade(HOUR_AGO, 9, 9, "n"), trade(HOUR_AGO, 9, 8, "n"))));
      JsonObject ack = feed.ackOf(1);
      assertThat(ack.getInteger("duplicates")).isEqualTo(1);
      assertThat(ack.getInteger("conflicts")).isEqualTo(1);
    }
    assertThat(prices()).containsExactly(10, 20, 9);
    assertThat(server.metric("candlewick_ingest_conflicts_total") - before).isEqualTo(3);
  }

  @Test
  void everyFormatHasActions() {
    post(trade(HOUR_AGO, 1, 1, 1), trade(HOUR_AGO, 2, 1, "two"), trade(HOUR_AGO, 3, 1, 3));
    String defaults = "/v1/trades?venue=binance&symbol=" + symbol;
    String csv =
        "ts,id,action,price,size\n%1$d,1,correct,10,1\n%1$d,two,cancel,,\n".formatted(HOUR_AGO);
    assertThat(new JsonObject(send(defaults, "text/csv", csv)).getInteger("updated")).isEqualTo(2);
    String lines = cancel(HOUR_AGO, 3).encode() + "\n" + correct(HOUR_AGO, 40, 1, 4).encode();
    assertThat(new JsonObject(send(defaults, "application/x-ndjson", lines)).getInteger("updated"))
        .isEqualTo(2);
    assertThat(prices()).containsExactly(10, 40);
    String point = "trades-binance,symbol=%s id=%s,action=\"%s\"%s %d\n";
    String write = "/api/v2/write?org=o&bucket=b&precision=ms";
    send(
        write,
        "text/plain",
        point.formatted(symbol, "1i", "cancel", "", HOUR_AGO)
            + point.formatted(symbol, "4i", "correct", ",price=41,size=2", HOUR_AGO));
    assertThat(prices()).containsExactly(41);
    HttpResponse<String> unknown =
        server.post(
            write,
            "text/plain",
            point.formatted(symbol, "9i", "cancel", "", HOUR_AGO).getBytes(StandardCharsets.UTF_8));
    assertThat(unknown.statusCode()).as("%s", unknown.body()).isEqualTo(400);
  }

  private static String send(String path, String type, String body) {
    HttpResponse<String> answer = server.post(path, type, body.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as("%s", answer.body()).isBetween(200, 204);
    return answer.body();
  }

  @Test
  void aRequestOfAmendmentsIsReplayedUnderItsKey() {
    post(trade(HOUR_AGO, 1, 1, 1));
    String body = body(symbol, cancel(HOUR_AGO, 1), correct(HOUR_AGO, 5, 5, 2));
    String first = server.post("/v1/trades", body, "Idempotency-Key", symbol).body();
    post(cancel(HOUR_AGO, 2));
    assertThat(server.post("/v1/trades", body, "Idempotency-Key", symbol).body()).isEqualTo(first);
    assertThat(prices()).isEmpty();
  }
}
