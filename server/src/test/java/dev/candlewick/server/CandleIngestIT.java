package dev.candlewick.server;

import static dev.candlewick.server.Messages.candle;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forming, closed and corrected candles of a venue: which replaces which. */
class CandleIngestIT {
  /** Open time of a candle of every timeframe here. */
  private static final long HOUR = Messages.HOUR_AGO / 3_600_000 * 3_600_000;

  private static TestDatabase database;
  private static ServerProcess server;

  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static JsonObject closing(double close, boolean closed) {
    return candle(HOUR, 10, 20, 5, close).put("closed", closed);
  }

  /** "inserted updated duplicates" of the answer. */
  private String post(String timeframe, JsonObject... rows) {
    JsonArray list = new JsonArray();
    for (JsonObject row : rows) {
      list.add(row);
    }
    JsonObject body =
        new JsonObject()
            .put("venue", "binance")
            .put("symbol", symbol)
            .put("timeframe", timeframe)
            .put("rows", list);
    JsonObject answer = new JsonObject(server.post("/v1/candles", body.encode()).body());
    return "%d %d %d"
        .formatted(
            answer.getInteger("inserted"),
            answer.getInteger("updated"),
            answer.getInteger("duplicates"));
  }

  /** "close closed" of the one candle there is. */
  private String stored(String timeframe) {
    String query =
        timeframe.equals("1m")
            ? "select close::int || ' ' || (source = 2) from market.candles_1m"
            : "select close::int || ' ' || closed from market.candles_native";
    return database.text(
        query
            + " where instrument_id = (select id from market.instruments where symbol = '"
            + symbol
            + "')");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s", "5m", "1h"})
  void aFormingCandleReplacesItsEarlierSelf(String timeframe) {
    assertThat(post(timeframe, closing(11, false))).isEqualTo("1 0 0");
    assertThat(post(timeframe, closing(12, false))).isEqualTo("0 1 0");
    assertThat(stored(timeframe)).isEqualTo("12 false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s", "5m", "1h"})
  void aClosedCandleReplacesAFormingOneAndNeverTheOtherWayRound(String timeframe) {
    post(timeframe, closing(11, false));
    assertThat(post(timeframe, closing(12, true))).isEqualTo("0 1 0");
    assertThat(post(timeframe, closing(13, false))).isEqualTo("0 0 1");
    assertThat(stored(timeframe)).isEqualTo("12 true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s", "5m", "1h"})
  void aLaterClosedCandleIsACorrection(String timeframe) {
    post(timeframe, closing(12, true));
    assertThat(post(timeframe, closing(14, true))).isEqualTo("0 1 0");
    assertThat(stored(timeframe)).isEqualTo("14 true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s"})
  void theSameCandleAgainIsADuplicate(String timeframe) {
    post(timeframe, closing(12, true));
    assertThat(post(timeframe, closing(12, true))).isEqualTo("0 0 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s"})
  void ofEqualKeysInOneRequestTheRulesDecideInOrder(String timeframe) {
    assertThat(
            post(
                timeframe,
                closing(11, false),
                closing(12, true),
                closing(13, false),
                closing(14, true)))
        .isEqualTo("1 2 1");
    assertThat(stored(timeframe)).isEqualTo("14 true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1s"})
  void isClosedWhereItDoesNotSay(String timeframe) {
    post(timeframe, candle(HOUR, 10, 20, 5, 15));
    assertThat(stored(timeframe)).isEqualTo("15 true");
  }
}
