package dev.candlewick.server.udf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentRepository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdfIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final long NOON = Instant.parse("2024-03-01T12:00:00Z").getEpochSecond();
  private static final String HISTORY = "/udf/history?symbol=binance:BTCUSDT&resolution=1";

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Clock clock = Clock.systemUTC();
              Candles candles = new Candles(new CandleRepository(pool), clock);
              new UdfHandler(
                      new UdfInstruments(new InstrumentRepository(pool), candles), candles, clock)
                  .mount(router);
            });
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsInstruments() {
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments
          (venue, symbol, name, asset_class, tick_size, lot_size, session, currency)
        values
          ('binance', 'BTCUSDT', 'Bitcoin', 'crypto', 0.01, 0.00001, null, null),
          ('kraken', 'BTCUSDT', null, null, null, null, null, null),
          ('COMEX', 'GCZ13', 'Gold', 'futures', 0.25, 1,
           'America/Chicago 17:00-16:00+1', 'USD'),
          ('x', 'A:B', null, null, null, null, null, null)
        """);
  }

  /** Ten minutes from noon on, the sixth to the eighth missing. */
  private static void minutes() {
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 1, timestamptz '2024-03-01T12:00:00Z' + n * interval '1 minute',
               n, n + 0.5, n, n + 0.25, 1.5, 3, 7, 0.5, 2
        from generate_series(0, 9) n where n not between 5 and 7
        """);
  }

  private static List<Long> minutesOf(JsonObject bars) {
    return bars.getJsonArray("t").stream()
        .map(t -> (((Number) t).longValue() - NOON) / 60)
        .toList();
  }

  private static String range(long from, long to) {
    return "&from=" + (NOON + from * 60) + "&to=" + (NOON + to * 60);
  }

  @Test
  void tellsWhatItCanDo() {
    JsonObject config = server.get("/udf/config");
    assertThat(config.getBoolean("supports_search")).isTrue();
    assertThat(config.getJsonArray("supported_resolutions")).contains("1", "1D", "1W", "1M");
    assertThat(
            config.getJsonArray("exchanges").stream().map(e -> ((JsonObject) e).getString("value")))
        .containsExactly("", "COMEX", "binance", "kraken", "x");
  }

  @Test
  void tellsTheTimeInPlainSeconds() {
    HttpResponse<String> response = server.send("GET", "/udf/time");
    assertThat(Long.parseLong(response.body()))
        .isBetween(Instant.now().getEpochSecond() - 5, Instant.now().getEpochSecond());
  }

  @Test
  void tellsWhatAnInstrumentIs() {
    JsonObject gold = server.get("/udf/symbols?symbol=COMEX:GCZ13");
    assertThat(gold.getString("name")).isEqualTo("GCZ13");
    assertThat(gold.getString("ticker")).isEqualTo("COMEX:GCZ13");
    assertThat(gold.getInteger("minmov")).isEqualTo(25);
    assertThat(gold.getInteger("pricescale")).isEqualTo(100);
    assertThat(gold.getString("session")).isEqualTo("1700-1600");
    assertThat(gold.getString("timezone")).isEqualTo("America/Chicago");
    assertThat(gold.getBoolean("has_intraday")).isTrue();
    assertThat(gold.getString("currency_code")).isEqualTo("USD");
    assertThat(server.get("/udf/symbols?symbol=GCZ13")).isEqualTo(gold);
  }

  @Test
  void takesTheScaleFromPricesWhereNoTickSizeIsTold() {
    DATABASE.execute(
        """
        insert into market.candles_native values
          (2, '1d', '2024-03-01T00:00:00Z', 1.5, 1.525, 1, 1, 1, 1, 1, 1, true)
        """);
    JsonObject bitcoin = server.get("/udf/symbols?symbol=kraken:BTCUSDT");
    assertThat(bitcoin.getInteger("pricescale")).isEqualTo(1000);
    assertThat(bitcoin.getString("session")).isEqualTo("24x7");
    assertThat(bitcoin.getString("timezone")).isEqualTo("Etc/UTC");
  }

  @ParameterizedTest
  @CsvSource({
    "symbols?symbol=NOPE, unknown_symbol",
    "symbols?symbol=nowhere:GCZ13, unknown_symbol",
    "symbols?symbol=%00, unknown_symbol",
    "symbols?symbol=BTCUSDT, 'symbol: is traded at more than one venue, name it VENUE:SYMBOL'",
    "symbols, symbol: is missing",
    "history?symbol=NOPE&resolution=1&from=0&to=1, unknown_symbol",
    "history?symbol=GCZ13&resolution=1X, 'resolution: must be like 1S, 5, 1D, 1W or 1M'",
    "history?symbol=GCZ13&resolution=1&from=noon, from: must be a whole number",
  })
  void tellsErrorsInTheBody(String path, String message) {
    JsonObject error = server.get("/udf/" + path);
    assertThat(error.getString("s")).isEqualTo("error");
    assertThat(error.getString("errmsg")).isEqualTo(message);
  }

  @Test
  void readsAColonInASymbol() {
    assertThat(server.get("/udf/symbols?symbol=A:B").getString("ticker")).isEqualTo("x:A:B");
    assertThat(server.get("/udf/symbols?symbol=x:A:B").getString("ticker")).isEqualTo("x:A:B");
  }

  @ParameterizedTest
  @CsvSource({
    "query=BTC&type=&exchange=&limit=30, 'binance:BTCUSDT,kraken:BTCUSDT'",
    "query=GOLD, COMEX:GCZ13",
    "query=&type=crypto, binance:BTCUSDT",
    "query=BTC&exchange=kraken, kraken:BTCUSDT",
    "query=BTC&limit=1, binance:BTCUSDT",
  })
  void findsInstruments(String query, String tickers) {
    JsonArray found = new JsonArray(server.send("GET", "/udf/search?" + query).body());
    assertThat(found.stream().map(hit -> ((JsonObject) hit).getString("ticker")))
        .containsExactly(tickers.split(","));
  }

  @Test
  void leavesOutTheBarAtTheEnd() {
    minutes();
    JsonObject bars = server.get(HISTORY + range(1, 3));
    assertThat(bars.encode())
        .isEqualTo(
            """
            {"s":"ok","t":[%d,%d],"o":[1,2],"h":[1.5,2.5],"l":[1,2],"c":[1.25,2.25],\
            "v":[1.5,1.5]}"""
                .formatted(NOON + 60, NOON + 120));
  }

  @Test
  void putsCountbackBeforeTheStart() {
    minutes();
    assertThat(minutesOf(server.get(HISTORY + range(8, 10) + "&countback=4")))
        .containsExactly(3L, 4L, 8L, 9L);
    assertThat(minutesOf(server.get(HISTORY + range(0, 10) + "&countback=2")))
        .containsExactly(8L, 9L);
  }

  @Test
  void tellsWhereBarsAreBeforeAnEmptyRange() {
    minutes();
    JsonObject none = server.get(HISTORY + range(5, 8));
    assertThat(none.encode())
        .isEqualTo("{\"s\":\"no_data\",\"nextTime\":%d}".formatted(NOON + 4 * 60));
    assertThat(server.get(HISTORY + range(-9, 0)).encode()).isEqualTo("{\"s\":\"no_data\"}");
    assertThat(server.get(HISTORY + range(-9, 0) + "&countback=5").encode())
        .isEqualTo("{\"s\":\"no_data\"}");
  }

  /** The chart's pulse fails on fewer than two. */
  @Test
  void givesThePulseTwoBarsOfWhichTheLastIsForming() {
    DATABASE.execute(
        """
        insert into market.trades
        select 1, now() - n * interval '1 minute', n, 100 + n, 1, 1, 0 from generate_series(0, 3) n
        """);
    long now = Instant.now().getEpochSecond() + 1;
    JsonObject pulse = server.get(HISTORY + "&from=" + (now - 600) + "&to=" + now + "&countback=2");
    assertThat(pulse.getJsonArray("t")).hasSize(2);
    assertThat(pulse.getJsonArray("c").getDouble(1)).isEqualTo(100);
  }
}
