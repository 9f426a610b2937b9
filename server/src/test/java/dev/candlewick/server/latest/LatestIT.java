package dev.candlewick.server.latest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.memory.Memory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatestIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) ->
                new LatestHandler(new LatestRepository(pool), Memory.none()).mount(router));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsInstruments() throws InterruptedException {
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (venue, symbol)
        values ('binance', 'BTCUSDT'), ('binance', 'ETHUSDT'), ('kraken', 'BTCUSDT')
        """);
    waitForAMinuteWithRoomInIt();
  }

  /** The minute must not end between filling the tables and reading them. */
  private static void waitForAMinuteWithRoomInIt() throws InterruptedException {
    Instant now = Instant.now();
    Instant next = minute().plus(1, ChronoUnit.MINUTES);
    if (Duration.between(now, next).toSeconds() < 10) {
      Thread.sleep(Duration.between(now, next).toMillis() + 10);
    }
  }

  private static Instant minute() {
    return Instant.now().truncatedTo(ChronoUnit.MINUTES);
  }

  private static JsonObject latest(String query) {
    return server.get("/v1/latest" + query).getJsonArray("latest").getJsonObject(0);
  }

  private static void candle(String table, String values) {
    DATABASE.execute("insert into market.%s values (1, %s)".formatted(table, values));
  }

  private static void twoTradesInThisMinute() {
    DATABASE.execute(
        """
        insert into market.trades values
          (1, '%1$s', 1, 100, 0.1, 1, 0), (1, '%1$s', 2, 101, 0.2, 2, 0)
        """
            .formatted(minute()));
  }

  @Test
  void writesTradeQuoteAndFormingCandle() {
    twoTradesInThisMinute();
    DATABASE.execute(
        """
        insert into market.quotes values
          (1, '%1$s', 1, 1, 1, 1, 1, 1, 1), (1, '%1$s', 2, 99.5, 2, null, null, null, null)
        """
            .formatted(minute()));
    long ts = minute().toEpochMilli();
    assertThat(latest("?venue=binance&symbol=BTCUSDT").encode())
        .isEqualTo(
            """
            {"venue":"binance","symbol":"BTCUSDT",\
            "trade":{"ts":%1$d,"price":101,"size":0.2,"side":"sell","id":2,"flags":[]},\
            "quote":{"ts":%1$d,"bid":99.5,"bid_size":2,"ask":null,"ask_size":null,"last":null,\
            "volume_24h":null},\
            "candle":{"ts":%1$d,"open":100,"high":101,"low":100,"close":101,"volume":0.3,\
            "quote_volume":30.2,"vwap":100.66666666666667,"trades":2,"taker_buy_volume":0.1,\
            "closed":false,"source":"built"}}\
            """
                .formatted(ts));
  }

  @Test
  void findsTradesHoweverOldTheyAre() {
    DATABASE.execute(
        """
        insert into market.trades values
          (1, '1999-01-01T00:00:00Z', 1, 1, 1, 0, 0), (1, '2012-12-03T00:00:00Z', 2, 2, 1, 0, 0),
          (2, now() - interval '5 days', 3, 3, 1, 0, 0), (3, now() + interval '1 hour', 4, 4, 1, 0, 0)
        """);
    JsonArray all = server.get("/v1/latest").getJsonArray("latest");
    assertThat(
            IntStream.range(0, all.size())
                .mapToObj(i -> all.getJsonObject(i).getJsonObject("trade").getInteger("id")))
        .containsExactly(2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({
    "'', binance/BTCUSDT binance/ETHUSDT kraken/BTCUSDT",
    "?venue=binance, binance/BTCUSDT binance/ETHUSDT",
    "'?venue=binance&symbol=ETHUSDT,BTCUSDT', binance/BTCUSDT binance/ETHUSDT",
    "?symbol=BTCUSDT, binance/BTCUSDT kraken/BTCUSDT",
    "?venue=nowhere, ''"
  })
  void answersForTheAskedInstruments(String query, String instruments) {
    JsonArray all = server.get("/v1/latest" + query).getJsonArray("latest");
    List<String> names =
        IntStream.range(0, all.size())
            .mapToObj(all::getJsonObject)
            .map(one -> one.getString("venue") + "/" + one.getString("symbol"))
            .toList();
    assertThat(String.join(" ", names)).isEqualTo(instruments);
  }

  @Test
  void answersNullWhereThereIsNothing() {
    JsonObject latest = latest("?venue=binance&symbol=ETHUSDT");
    assertThat(latest.encode())
        .isEqualTo(
            "{\"venue\":\"binance\",\"symbol\":\"ETHUSDT\",\"trade\":null,\"quote\":null,\"candle\":null}");
  }

  @Test
  void prefersTheVenuesClosedCandleToTheBuiltOne() {
    twoTradesInThisMinute();
    candle("candles_1m", "'%s', 1, 2, 0.5, 1.5, 10, null, null, null, 2".formatted(minute()));
    JsonObject candle = latest("?venue=binance&symbol=BTCUSDT").getJsonObject("candle");
    assertThat(candle.getDouble("close")).isEqualTo(1.5);
    assertThat(candle.getString("source")).isEqualTo("native");
    assertThat(candle.getValue("vwap")).isNull();
  }

  @Test
  void prefersTheBuiltCandleToTheVenuesFormingOne() {
    candle("candles_1m", "'%s', 1, 2, 0.5, 1.5, 0, 0, 3, null, 4".formatted(minute()));
    JsonObject venues = latest("?venue=binance&symbol=BTCUSDT").getJsonObject("candle");
    assertThat(venues.getString("source")).isEqualTo("native");
    assertThat(venues.getInteger("trades")).isEqualTo(3);
    assertThat(venues.getValue("vwap")).isNull();
    twoTradesInThisMinute();
    assertThat(latest("?venue=binance&symbol=BTCUSDT").getJsonObject("candle").getString("source"))
        .isEqualTo("built");
  }

  @Test
  void makesTheMinuteOfTheVenuesShorterCandles() {
    candle(
        "candles_native",
        "'15s', '%s', 1, 2, 0.5, 1.5, 10, null, null, null, true".formatted(minute()));
    JsonObject candle = latest("?venue=binance&symbol=BTCUSDT").getJsonObject("candle");
    assertThat(candle.getDouble("high")).isEqualTo(2.0);
    assertThat(candle.getString("source")).isEqualTo("native");
  }

  @ParameterizedTest
  @CsvSource({
    "'?venue=binance&symbol=BTCUSDT,XRP', 404, unknown_instrument",
    "'?symbol=XRP', 404, unknown_instrument",
    "'?symbol=BTCUSDT,', 400, bad_parameter",
    "'?venue=b!', 400, bad_parameter",
    "'?limit=1', 400, bad_parameter"
  })
  void refusesWhatItCannotAnswer(String query, int status, String code) {
    assertThat(server.problem(status, "/v1/latest" + query).getString("code")).isEqualTo(code);
  }

  @Test
  void answersHead() {
    assertThat(server.send("HEAD", "/v1/latest").statusCode()).isEqualTo(200);
  }
}
