package dev.candlewick.server.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.indicator.Run;
import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.CandleHandler;
import dev.candlewick.server.candle.CandleMemory;
import dev.candlewick.server.candle.CandleRepository;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.memory.Memory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndicatorHandlerIT {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:30Z");
  private static final String INSTRUMENT = "?venue=binance&symbol=BTCUSDT&timeframe=";
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static final String ALL =
      "rsi(14),ema(20,high),macd,adx,obv,vwap,stochrsi,supertrend,psar,bbands(20,2),trix(5),ad,sma(50)";

  private static TestServer server;

  @BeforeAll
  static void listen() {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              Candles candles = new Candles(new CandleRepository(pool), clock);
              CandleMemory memory = new CandleMemory(candles, Memory.none());
              new CandleHandler(candles, memory).mount(router);
              new IndicatorHandler(candles, memory).mount(router);
            });
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (id, venue, symbol, session) overriding system value
        values (7, 'binance', 'BTCUSDT', 'America/New_York 09:30-16:00')
        """);
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 7, ts, p, p * 1.002, p * 0.997, p * (1 + 0.002 * sin(n * 1.7)), 1 + n % 13, p, 1, null, 1
        from (select n, timestamptz '2026-03-10T12:00Z' - n * interval '1 minute' as ts,
                100 + 20 * sin(n / 97.0) + 3 * cos(n / 7.0) as p
              from generate_series(1, 6000) n where n % 50 > 3) m
        """);
    DATABASE.execute("insert into ingest.dirty select 300, ts, array[7] from market.candles_1m");
    DATABASE.execute(
        "insert into market.trades values (7, '2026-03-10T12:00:10Z', 1, 130, 1, 1, 0)");
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static JsonObject get(String path, String query) {
    return server.get(path + INSTRUMENT + query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<JsonObject> rows(JsonObject page, String name) {
    JsonArray rows = page.getJsonArray(name);
    return IntStream.range(0, rows.size()).mapToObj(rows::getJsonObject).toList();
  }

  private static List<Candle> candles(String query) {
    return rows(get("/v1/candles", query), "candles").stream()
        .map(
            c ->
                new Candle(
                    c.getLong("ts") / 1_000,
                    c.getDouble("open"),
                    c.getDouble("high"),
                    c.getDouble("low"),
                    c.getDouble("close"),
                    c.getDouble("volume"),
                    Double.NaN,
                    -1,
                    Double.NaN,
                    c.getBoolean("closed"),
                    null,
                    false))
        .toList();
  }

  private static void same(JsonObject row, List<String> columns, Candle candle, double[] values) {
    assertThat(row.getLong("ts")).isEqualTo(candle.ts() * 1_000);
    assertThat(row.getDouble("close")).isEqualTo(candle.close());
    assertThat(row.getBoolean("closed")).isEqualTo(candle.closed());
    for (int i = 0; i < values.length; i++) {
      Double value = row.getDouble(columns.get(i));
      String what = columns.get(i) + " at " + candle.ts();
      if (Double.isNaN(values[i])) {
        assertThat(value).as(what).isNull();
      } else {
        double near = 1e-9 * Math.max(1e-3, Math.abs(values[i]));
        assertThat(value).as(what).isCloseTo(values[i], within(near));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1m, '', 60",
    "5m, &state=closed, 300",
    "7m, '', 420",
    "1h, &source=built, 3600",
    "1d, &tz=America/New_York, 86400"
  })
  void aPageTellsWhatOneLongComputationOverTheCandlesTells(
      String timeframe, String more, int seconds) {
    List<Candle> all = candles(timeframe + "&from=2026-01-01&limit=10000" + more);
    Indicators indicators = Indicators.parse(ALL);
    Run run = indicators.run(Blocks.utc(seconds));
    List<double[]> expected =
        IntStream.range(0, all.size()).mapToObj(i -> run.next(all, i)).toList();
    Random random = new Random(seconds);
    for (int page = 0; page < 12; page++) {
      int from = random.nextInt(all.size());
      int limit = 1 + random.nextInt(300);
      List<JsonObject> rows =
          rows(
              get(
                  "/v1/indicators",
                  timeframe
                      + more
                      + "&indicators="
                      + encoded(ALL)
                      + "&limit="
                      + limit
                      + "&from="
                      + all.get(from).ts() * 1_000),
              "rows");
      assertThat(rows).hasSize(Math.min(limit, all.size() - from));
      for (int i = 0; i < rows.size(); i++) {
        same(rows.get(i), indicators.columns(), all.get(from + i), expected.get(from + i));
      }
    }
  }

  @Test
  void pagesTellTheVerySameWhicheverWayTheyAreTurned() {
    String query = "1m&indicators=" + encoded(ALL) + "&from=2026-03-09&to=2026-03-09T20:00:00Z";
    List<JsonObject> whole = rows(get("/v1/indicators", query + "&limit=10000"), "rows");
    for (String order : List.of("asc", "desc")) {
      List<JsonObject> turned = new ArrayList<>();
      String cursor = "";
      while (cursor != null) {
        JsonObject page = get("/v1/indicators", query + "&limit=333&order=" + order + cursor);
        turned.addAll(rows(page, "rows"));
        String next = page.getString("next_cursor");
        cursor = next == null ? null : "&cursor=" + next;
      }
      if (order.equals("desc")) {
        Collections.reverse(turned);
      }
      assertThat(turned).hasSizeGreaterThan(1_000).isEqualTo(whole);
    }
  }

  @Test
  void theDayOfVwapIsThatOfTheSession() {
    List<Candle> candles = candles("30m&tz=session&from=2026-03-09&limit=100");
    List<JsonObject> rows =
        rows(
            get("/v1/indicators", "30m&tz=session&from=2026-03-09&limit=100&indicators=vwap"),
            "rows");
    double amount = 0;
    double volume = 0;
    for (int i = 0; i < candles.size(); i++) {
      Candle candle = candles.get(i);
      // The session opens at 09:30 in New York.
      if (Instant.ofEpochSecond(candle.ts()).toString().endsWith("T13:30:00Z")) {
        amount = 0;
        volume = 0;
      }
      amount += (candle.high() + candle.low() + candle.close()) / 3 * candle.volume();
      volume += candle.volume();
      assertThat(rows.get(i).getDouble("vwap")).isCloseTo(amount / volume, within(1e-9));
    }
    assertThat(candles).hasSizeGreaterThan(10);
  }

  @Test
  void theFormingCandleIsTheLastRow() {
    List<JsonObject> rows =
        rows(get("/v1/indicators", "1m&indicators=sma(2),return&limit=2"), "rows");
    JsonObject last = rows.get(1);
    double before = rows.get(0).getDouble("close");
    assertThat(last.getBoolean("closed")).isFalse();
    assertThat(last.getDouble("sma(2)")).isCloseTo((130 + before) / 2, within(1e-9));
    assertThat(last.getDouble("return")).isCloseTo(130 / before - 1, within(1e-9));
    JsonObject closed = get("/v1/indicators", "1m&indicators=sma(2)&limit=1&state=closed");
    assertThat(rows(closed, "rows").get(0).getDouble("close")).isEqualTo(before);
  }

  @Test
  void writesTheFormatsOfCandles() {
    String query = INSTRUMENT + "1m&indicators=ema(3),macd(2,3,2)&limit=1&to=2026-03-10&format=";
    String csv = server.send("GET", "/v1/indicators" + query + "csv").body();
    assertThat(csv)
        .startsWith(
            "ts,close,closed,ema(3),\"macd(2,3,2)\",\"macd(2,3,2).signal\",\"macd(2,3,2).histogram\"\r\n"
                + "1773100740000,");
    assertThat(
            new JsonObject(server.send("GET", "/v1/indicators" + query + "ndjson").body()).getMap())
        .containsKeys("ts", "close", "closed", "ema(3)");
    JsonArray chart =
        new JsonArray(server.send("GET", "/v1/indicators" + query + "lightweight").body());
    assertThat(chart.getJsonObject(0).getLong("time")).isEqualTo(1_773_100_740);
    JsonObject page = get("/v1/indicators", "1m&indicators=rsi&limit=1");
    assertThat(page.getJsonArray("indicators")).containsExactly("rsi");
    assertThat(page.fieldNames())
        .containsExactly("venue", "symbol", "timeframe", "indicators", "rows", "next_cursor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "foo(3) | unknown indicator \"foo\"; available: sma(20,close)",
        "sma(1000000) | sma: length must be an integer from 1 to 1000",
        "ema(-1) | ema: length must be an integer from 1 to 500",
        "rsi(14,wrong) | unexpected argument",
        "rsi(14 | is not written like"
      })
  void namesWhatIsWrong(String indicators, String detail) {
    HttpResponse<String> answer =
        server.send("GET", "/v1/indicators" + INSTRUMENT + "1m&indicators=" + encoded(indicators));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getString("detail"))
        .startsWith("indicators: ")
        .contains(detail);
  }

  @Test
  void everyIndicatorAtOnceIsNotTooMuch() {
    String all =
        "sma,ema,wma,hma,dema,tema,rma,vwma,vwap,roc,mom,rsi,stoch,stochrsi,cci,willr,mfi,obv,ad,cmf,adx,"
            + "plus_di,minus_di,aroon,macd,ppo,trix,bbands,keltner,donchian,atr,natr,tr,stddev,var,zscore,"
            + "return,logreturn,volatility,highest,lowest,psar,supertrend,ichimoku";
    HttpResponse<String> answer =
        server.send("GET", "/v1/indicators" + INSTRUMENT + "1m&limit=5000&indicators=" + all);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void refusesMoreThanItWouldCompute() {
    String many =
        "sma(1000)"
            + IntStream.range(1, 50)
                .mapToObj(i -> ",sma(" + (1000 - i) + ")")
                .collect(Collectors.joining());
    HttpResponse<String> answer =
        server.send(
            "GET",
            "/v1/indicators"
                + INSTRUMENT
                + "1m&limit=10000&from=2026-03-01&indicators="
                + encoded(many));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("too much to compute at once");
    assertThat(
            server
                .send(
                    "GET",
                    "/v1/indicators" + INSTRUMENT + "1m&indicators=" + encoded(many + ",rsi"))
                .body())
        .contains("at most 50 indicators");
    assertThat(server.send("GET", "/v1/indicators" + INSTRUMENT + "1m").body())
        .contains("indicators: is missing");
  }
}
