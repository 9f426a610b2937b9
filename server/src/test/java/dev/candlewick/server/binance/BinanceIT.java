package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.tick.TickRepository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinanceIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final long NOON = Instant.parse("2024-03-01T12:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final String KLINES = "/api/v3/klines?symbol=BTCUSDT&interval=";

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Clock clock = Clock.systemUTC();
              InstrumentRepository instruments = new InstrumentRepository(pool);
              Candles candles = new Candles(new CandleRepository(pool), clock);
              LatestRepository latest = new LatestRepository(pool);
              Prices prices = new Prices(instruments, latest, candles);
              Tickers tickers = new Tickers(instruments, latest, candles, clock);
              new BinanceHandler(
                      "binance",
                      instruments,
                      new Klines(candles, new TakerQuoteRepository(pool)),
                      new BinanceHandler.Trades(
                          new TickRepository(pool), new TradeIdRepository(pool)),
                      prices,
                      tickers,
                      new BookRepository(pool),
                      clock)
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
        insert into market.instruments (venue, symbol, base, quote, tick_size, lot_size) values
          ('binance', 'BTCUSDT', null, null, 0.01, 0.00001),
          ('binance', 'ETHBTC', null, null, null, null),
          ('binance', 'PERP1', 'GOLD', 'USD', 0.25, 1),
          ('kraken', 'XRPUSD', null, null, null, null)
        """);
  }

  /** 1500 closed minutes of the venue from noon on, at prices 0, 1, 2. */
  private static void minutes() {
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 1, timestamptz '2024-03-01T12:00:00Z' + n * interval '1 minute',
               n, n + 0.5, n, n + 0.25, 1.5, 3, 7, 0.5, 2
        from generate_series(0, 1499) n
        """);
  }

  private static void trades() {
    DATABASE.execute(
        """
        insert into market.trades values
          (1, '2024-03-01T12:00:00.000250Z', 11, 63000.5, 0.1, 1, 0),
          (1, '2024-03-01T12:00:00.001750Z', 12, 63001, 0.00000001, 2, 0),
          (1, '2024-03-01T12:00:01Z', 13, 63002, 2, 0, 0)
        """);
  }

  private static JsonArray array(String path, String... headers) {
    HttpResponse<String> response = server.send("GET", path, headers);
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(200);
    return new JsonArray(response.body());
  }

  private static List<Long> opens(JsonArray klines) {
    return IntStream.range(0, klines.size())
        .mapToObj(i -> (klines.getJsonArray(i).getLong(0) - NOON) / MINUTE)
        .toList();
  }

  @Test
  void answersPingAndTime() {
    assertThat(server.get("/api/v3/ping").encode()).isEqualTo("{}");
    assertThat(server.get("/api/v3/time").getLong("serverTime"))
        .isBetween(System.currentTimeMillis() - 5_000, System.currentTimeMillis());
  }

  @Test
  void writesAKlineAsTwelveElements() {
    DATABASE.execute(
        """
        insert into market.candles_1m values
          (1, '2024-03-01T12:00:00Z', 0.0163479, 0.8, 1e-9, 63000, 148976.11427815,
           2434.19055334, 308, 1756.87402397, 2)
        """);
    assertThat(server.send("GET", KLINES + "1m").body())
        .isEqualTo(
            """
            [[1709294400000,"0.01634790","0.80000000","0.000000001","63000.00000000",\
            "148976.11427815",1709294459999,"2434.19055334",308,"1756.87402397","0","0"]]\
            """);
    assertThat(array("/api/v3/uiKlines?symbol=BTCUSDT&interval=1m"))
        .isEqualTo(array(KLINES + "1m"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 1000, 1499, 500",
    "&limit=2, 1498, 1499, 2",
    "&limit=5000, 500, 1499, 1000",
    "&startTime=1709294400000, 0, 499, 500",
    "&startTime=1709294400001, 1, 500, 500",
    "&startTime=1709294460000&endTime=1709294520000, 1, 2, 2",
    "&startTime=1709294460000&endTime=1709294519999, 1, 1, 1",
    "&endTime=1709294520000&limit=2, 1, 2, 2",
    "&startTime=1709294460000000&endTime=1709294520000000, 1, 2, 2",
  })
  void takesTimesAsInclusiveAndLimitsFromTheRightEnd(
      String query, long first, long last, int count) {
    minutes();
    List<Long> opens = opens(array(KLINES + "1m" + query));
    assertThat(opens).hasSize(count).startsWith(first).endsWith(last).isSorted();
  }

  @ParameterizedTest
  @CsvSource({
    "1h, '', 2024-03-01T12:00:00Z, 3600",
    "12h, 8, 2024-03-01T04:00:00Z, 43200",
    "6h, -1:00, 2024-03-01T07:00:00Z, 21600",
    "1h, 05:45, 2024-03-01T11:15:00Z, 3600",
    "1d, '', 2024-03-01T00:00:00Z, 86400",
    "1d, 14, 2024-03-01T10:00:00Z, 86400",
    "1w, '', 2024-02-26T00:00:00Z, 604800",
    "1w, %2B8:00, 2024-02-25T16:00:00Z, 604800",
    "1M, '', 2024-03-01T00:00:00Z, 2678400",
    "1M, 8, 2024-02-29T16:00:00Z, 2678400",
  })
  void beginsKlinesAtTheMidnightsOfTheTimeZone(
      String interval, String zone, Instant open, long seconds) {
    DATABASE.execute(
        """
        insert into market.candles_1m values
          (1, '2024-03-01T12:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, 2)
        """);
    rolledUpByHand();
    String timeZone = zone.isEmpty() ? "" : "&timeZone=" + zone;
    JsonArray kline = array(KLINES + interval + timeZone).getJsonArray(0);
    assertThat(Instant.ofEpochMilli(kline.getLong(0))).isEqualTo(open);
    assertThat(kline.getLong(6)).isEqualTo(open.toEpochMilli() + seconds * 1_000 - 1);
  }

  /** A mark makes the read go back to the minutes, as it does until they are rolled up. */
  private static void rolledUpByHand() {
    DATABASE.execute(
        """
        insert into ingest.dirty (level, bucket, ids)
        select 300, timestamptz '2024-03-01T12:00:00Z', array[1]
        """);
  }

  @Test
  void answersInMicrosecondsWhereTheHeaderAsks() {
    minutes();
    JsonArray kline =
        array(KLINES + "1m&limit=1&startTime=" + NOON, "X-MBX-TIME-UNIT", "MICROSECOND")
            .getJsonArray(0);
    assertThat(kline.getLong(0)).isEqualTo(NOON * 1_000);
    assertThat(kline.getLong(6)).isEqualTo((NOON + MINUTE) * 1_000 - 1);
  }

  @Test
  void answersAnEmptyRangeWithNothing() {
    minutes();
    assertThat(array(KLINES + "1m&startTime=2000000000000")).isEmpty();
    assertThat(array(KLINES + "1m&startTime=1709294520000&endTime=1709294460000")).isEmpty();
  }

  @Test
  void writesTrades() {
    trades();
    assertThat(server.send("GET", "/api/v3/trades?symbol=BTCUSDT&limit=2").body())
        .isEqualTo(
            """
            [{"id":12,"price":"63001.00000000","qty":"0.00000001","quoteQty":"0.00063001",\
            "time":1709294400001,"isBuyerMaker":true,"isBestMatch":true},\
            {"id":13,"price":"63002.00000000","qty":"2.00000000","quoteQty":"126004.00000000",\
            "time":1709294401000,"isBuyerMaker":false,"isBestMatch":true}]\
            """);
  }

  @Test
  void writesEachTradeAsAnAggregate() {
    trades();
    String path = "/api/v3/aggTrades?symbol=BTCUSDT&startTime=1709294400000&endTime=1709294400000";
    assertThat(server.send("GET", path).body())
        .isEqualTo(
            """
            [{"a":11,"p":"63000.50000000","q":"0.10000000","f":11,"l":11,"T":1709294400000,\
            "m":false,"M":true}]\
            """);
  }

  @Test
  void tellsTheLastPriceOfOneOfSomeAndOfAll() {
    trades();
    DATABASE.execute(
        """
        insert into market.candles_1m values
          (2, '2024-03-01T12:00:00Z', 1, 1, 1, 0.05, 1, 1, 1, 1, 2)
        """);
    String btc = "{\"symbol\":\"BTCUSDT\",\"price\":\"63002.00000000\"}";
    String eth = "{\"symbol\":\"ETHBTC\",\"price\":\"0.05000000\"}";
    String path = "/api/v3/ticker/price";
    assertThat(server.send("GET", path + "?symbol=BTCUSDT").body()).isEqualTo(btc);
    assertThat(server.send("GET", path + "?symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D").body())
        .isEqualTo("[" + btc + "," + eth + "]");
    assertThat(server.send("GET", path).body()).isEqualTo("[" + btc + "]");
  }

  @Test
  void tellsEveryInstrumentOfTheVenueAsASpotMarket() {
    JsonArray symbols = server.get("/api/v3/exchangeInfo").getJsonArray("symbols");
    assertThat(symbols.stream().map(symbol -> ((JsonObject) symbol).getString("symbol")))
        .containsExactly("BTCUSDT", "ETHBTC", "PERP1");
    JsonObject gold = symbols.getJsonObject(2);
    assertThat(gold.getString("baseAsset")).isEqualTo("GOLD");
    assertThat(gold.getString("quoteAsset")).isEqualTo("USD");
    assertThat(gold.getString("status")).isEqualTo("TRADING");
    JsonArray filters = gold.getJsonArray("filters");
    assertThat(filters.getJsonObject(0).getString("tickSize")).isEqualTo("0.25000000");
    assertThat(filters.getJsonObject(1).getString("stepSize")).isEqualTo("1.00000000");
  }

  @Test
  void tellsOnlyTheMarketsThatAreAskedFor() {
    JsonObject one = server.get("/api/v3/exchangeInfo?symbol=ETHBTC");
    assertThat(one.getJsonArray("symbols")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "klines?symbol=NOPE&interval=1m|-1121|Invalid symbol.",
        "trades?symbol=XRPUSD|-1121|Invalid symbol.",
        "ticker/price?symbol=NOPE|-1121|Invalid symbol.",
        "ticker/price?symbol=ETHBTC|-1121|Invalid symbol.",
        "exchangeInfo?symbol=NOPE|-1121|Invalid symbol.",
        "klines?symbol=BTCUSDT&interval=1H|-1120|Invalid interval.",
        "klines?symbol=BTCUSDT&interval=7m|-1120|Invalid interval.",
        "klines?symbol=BTCUSDT|-1102|Mandatory parameter 'interval' was not sent, was empty/null,"
            + " or malformed.",
        "klines?interval=1m|-1102|Mandatory parameter 'symbol' was not sent, was empty/null, or"
            + " malformed.",
        "klines?symbol=BTCUSDT&interval=1m&limit=ten|-1100|Illegal characters found in parameter"
            + " 'limit'; legal range is '^[0-9]{1,20}$'.",
        "klines?symbol=BTC%00&interval=1m|-1100|Illegal characters found in parameter 'symbol';"
            + " legal range is '1 to 64 letters, digits and . _ : / = + - ^ & ! @ # $ % ~'.",
        "klines?symbol=BTCUSDT&interval=1m&limit=0|-1130|Data sent for parameter 'limit' is not"
            + " valid.",
        "klines?symbol=BTCUSDT&interval=1m&timeZone=15|-1130|Data sent for parameter 'timeZone' is"
            + " not valid.",
        "klines?symbol=BTCUSDT&interval=1m&from=1|-1104|Not all sent parameters were read; read"
            + " '2' parameter(s) but was sent '3'.",
        "klines?symbol=BTCUSDT&symbol=BTCUSDT|-1101|Duplicate values for parameter 'symbol'.",
      })
  void refusesInBinancesWords(String path, int code, String message) {
    HttpResponse<String> response = server.send("GET", "/api/v3/" + path);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(new JsonObject(response.body()))
        .isEqualTo(new JsonObject().put("code", code).put("msg", message));
  }

  /** Five minutes of an hour ago and the five before the last day, of the venue's own minutes. */
  private static void lastDay() {
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 1, b + n * interval '1 minute', 10 + n, 12 + n, 9 + n, 11 + n, 0.1, 2, 3, 0.05, 2
        from date_bin('5 minutes', now() - interval '1 hour', '2000-01-03Z') b,
             generate_series(0, 4) n;
        insert into market.candles_1m
        select 1, b, 7, 7, 7, 7, 1, 7, 1, 1, 2
        from (select date_bin('5 minutes', now() - interval '1 day', '2000-01-03Z')
              - interval '5 minutes') as t(b);
        insert into ingest.dirty (level, bucket, ids)
        select 300, date_bin('5 minutes', ts, '2000-01-03Z'), array[1]
        from market.candles_1m group by 2;
        insert into market.quotes
        values (1, now() - interval '1 minute', 1, 14.5, 2, 15.5, null, null, null);
        insert into market.trades
        values (1, now() - interval '40 seconds', 1, 14, 0.5, 1, 0);
        """);
  }

  @Test
  void tellsTheLastDay() {
    lastDay();
    JsonObject day = server.get("/api/v3/ticker/24hr?symbol=BTCUSDT");
    long openTime = day.getLong("openTime");
    assertThat(day.getLong("closeTime") - openTime).isBetween(86_400_000L, 86_700_000L);
    assertThat(openTime % 300_000).isZero();
    // The trade of this minute is part of the day; the five minutes before it are not.
    String expected =
        """
        {'symbol':'BTCUSDT','priceChange':'4.00000000','priceChangePercent':'40.000',\
        'weightedAvgPrice':'17.00000000','prevClosePrice':'7.00000000','lastPrice':'14.00000000',\
        'lastQty':'0.50000000','bidPrice':'14.50000000','bidQty':'2.00000000',\
        'askPrice':'15.50000000','askQty':'0.00000000','openPrice':'10.00000000',\
        'highPrice':'16.00000000','lowPrice':'9.00000000','volume':'1.00000000',\
        'quoteVolume':'17.00000000','openTime':%d,'closeTime':%d,'firstId':-1,'lastId':-1,\
        'count':16}\
        """
            .formatted(openTime, day.getLong("closeTime"));
    assertThat(day.encode()).isEqualTo(expected.replace('\'', '"'));
    JsonObject mini = server.get("/api/v3/ticker/24hr?symbol=BTCUSDT&type=MINI");
    assertThat(mini.fieldNames())
        .contains("lastPrice", "quoteVolume", "count")
        .doesNotContain("priceChange", "bidPrice", "lastQty", "prevClosePrice");
  }

  @Test
  void tellsTheLastDayAndTheBookOfAllSymbolsAlsoOfThoseWithoutData() {
    lastDay();
    JsonArray days = array("/api/v3/ticker/24hr");
    assertThat(days)
        .extracting(day -> ((JsonObject) day).getString("symbol"))
        .containsExactly("BTCUSDT", "ETHBTC", "PERP1");
    JsonObject empty = days.getJsonObject(1);
    assertThat(empty.getString("lastPrice")).isEqualTo("0.00000000");
    assertThat(empty.getString("priceChange")).isEqualTo("0.00000000");
    assertThat(empty.getString("priceChangePercent")).isEqualTo("0.000");
    assertThat(empty.getInteger("count")).isZero();
    assertThat(array("/api/v3/ticker/24hr?symbols=%5B%22PERP1%22%5D")).hasSize(1);
    JsonArray books = array("/api/v3/ticker/bookTicker");
    assertThat(books).hasSize(3);
    assertThat(server.get("/api/v3/ticker/bookTicker?symbol=BTCUSDT").encode())
        .isEqualTo(
            "{\"symbol\":\"BTCUSDT\",\"bidPrice\":\"14.50000000\",\"bidQty\":\"2.00000000\","
                + "\"askPrice\":\"15.50000000\",\"askQty\":\"0.00000000\"}");
  }
}
