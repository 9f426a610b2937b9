package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.memory.Memory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CandleHandlerIT {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:30Z");
  private static final String BTC = "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=";
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    server =
        TestServer.onDatabase(
            (router, pool) ->
                handler(new Candles(new CandleRepository(pool), clock)).mount(router));
  }

  private static CandleHandler handler(Candles candles) {
    return new CandleHandler(candles, new CandleMemory(candles, Memory.none()));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsOneInstrument() {
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (id, venue, symbol, session) overriding system value
        values (7, 'binance', 'BTCUSDT', 'America/New_York 09:30-16:00'), (8, 'binance', 'NEW', null)
        """);
  }

  /** A built minute of price and volume; longer timeframes are not rolled up yet. */
  private static void minute(String ts, double price, double volume) {
    DATABASE.execute(
        "insert into market.candles_1m values (7, '%s', %s, %s, %s, %s, %s, %s, 1, null, 1)"
            .formatted(ts, price, price + 1, price - 1, price + 0.5, volume, price * volume));
    mark(ts);
  }

  private static void mark(String ts) {
    DATABASE.execute("insert into ingest.dirty values (300, '%s', array[7])".formatted(ts));
  }

  private static void trade(String ts, long id, double price, double size) {
    DATABASE.execute(
        "insert into market.trades values (7, '%s', %d, %s, %s, 1, 0)"
            .formatted(ts, id, price, size));
  }

  /** Minutes of 10:00, 10:01, 10:05 and 10:20, and trades in the open one, 12:00. */
  private static void someMinutes() {
    minute("2026-03-10T10:00:00Z", 100, 1);
    minute("2026-03-10T10:01:00Z", 101, 2);
    minute("2026-03-10T10:05:00Z", 105, 0.1);
    minute("2026-03-10T10:20:00Z", 120, 0.2);
    trade("2026-03-10T12:00:10Z", 1, 130, 0.1);
    trade("2026-03-10T12:00:20Z", 2, 129, 0.2);
  }

  private static List<JsonObject> candles(JsonObject page) {
    JsonArray candles = page.getJsonArray("candles");
    return IntStream.range(0, candles.size()).mapToObj(candles::getJsonObject).toList();
  }

  private static List<String> times(List<JsonObject> candles) {
    return candles.stream().map(c -> Instant.ofEpochMilli(c.getLong("ts")).toString()).toList();
  }

  /** Clock times of the candles of all pages, in the order told. */
  private static List<String> followed(String query) {
    List<JsonObject> all = new ArrayList<>();
    String cursor = "";
    do {
      JsonObject page = server.get(BTC + query + cursor);
      all.addAll(candles(page));
      cursor = page.getString("next_cursor");
      cursor = cursor == null ? null : "&cursor=" + cursor;
    } while (cursor != null);
    return times(all).stream().map(time -> time.substring(11, 16)).toList();
  }

  @Test
  void tellsEveryFieldOfACandle() {
    someMinutes();

    JsonObject page = server.get(BTC + "5Min&from=2026-03-10T10:00:00Z&to=2026-03-10T10:05:00Z");

    assertThat(page.encode())
        .isEqualTo(
            "{\"venue\":\"binance\",\"symbol\":\"BTCUSDT\",\"timeframe\":\"5Min\",\"candles\":[{"
                + "\"ts\":1773136800000,\"open\":100,\"high\":102,\"low\":99,\"close\":101.5,"
                + "\"volume\":3,\"quote_volume\":302,\"vwap\":100.66666666666667,\"trades\":2,"
                + "\"taker_buy_volume\":null,\"closed\":true,\"source\":\"built\"}],"
                + "\"next_cursor\":null}");
  }

  @Test
  void tellsTheOpenMinuteFromItsTrades() {
    someMinutes();

    JsonObject candle = candles(server.get(BTC + "1m&limit=1")).get(0);

    assertThat(candle.getLong("ts"))
        .isEqualTo(Instant.parse("2026-03-10T12:00:00Z").toEpochMilli());
    assertThat(candle.getDouble("open")).isEqualTo(130);
    assertThat(candle.getDouble("close")).isEqualTo(129);
    assertThat(candle.getDouble("volume")).isEqualTo(0.3);
    assertThat(candle.getBoolean("closed")).isFalse();
  }

  @Test
  void seesATradeAtOnce() {
    trade("2026-03-10T12:00:10Z", 1, 130, 1);
    assertThat(candles(server.get(BTC + "1d&limit=1")).get(0).getDouble("close")).isEqualTo(130);

    trade("2026-03-10T12:00:11Z", 2, 131, 1);

    assertThat(candles(server.get(BTC + "1d&limit=1")).get(0).getDouble("close")).isEqualTo(131);
  }

  @Test
  void stillServesWhatIsAheadOfTheClock() {
    trade("2026-03-10T12:30:00Z", 1, 130, 1);

    assertThat(followed("1m")).containsExactly("12:30");
    assertThat(followed("1m&to=2099-01-01")).containsExactly("12:30");
    assertThat(followed("1m&from=0")).containsExactly("12:30");
  }

  @Test
  void tellsTheLatestAscending() {
    someMinutes();

    assertThat(times(candles(server.get(BTC + "1m&limit=2"))))
        .containsExactly("2026-03-10T10:20:00Z", "2026-03-10T12:00:00Z");
    assertThat(times(candles(server.get(BTC + "1m&limit=2&order=desc"))))
        .containsExactly("2026-03-10T12:00:00Z", "2026-03-10T10:20:00Z");
    assertThat(times(candles(server.get(BTC + "1m&limit=2&to=2026-03-10T10:05:00Z"))))
        .containsExactly("2026-03-10T10:00:00Z", "2026-03-10T10:01:00Z");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 500})
  void yieldsEachCandleOnceByTheCursor(int limit) {
    someMinutes();

    assertThat(followed("1m&from=0&limit=" + limit))
        .containsExactly("10:00", "10:01", "10:05", "10:20", "12:00");
    assertThat(followed("1m&order=desc&limit=" + limit))
        .containsExactly("12:00", "10:20", "10:05", "10:01", "10:00");
    assertThat(followed("1m&from=0&to=2026-03-10T10:06:00Z&order=desc&limit=" + limit))
        .containsExactly("10:05", "10:01", "10:00");
  }

  @Test
  void yieldsEachCandleOnceWhileNewOnesArrive() {
    someMinutes();
    JsonObject first = server.get(BTC + "1m&limit=3&order=desc");

    trade("2026-03-10T12:01:10Z", 1, 131, 1);
    JsonObject rest =
        server.get(BTC + "1m&limit=3&order=desc&cursor=" + first.getString("next_cursor"));

    assertThat(times(candles(rest)))
        .containsExactly("2026-03-10T10:01:00Z", "2026-03-10T10:00:00Z");
    assertThat(rest.getString("next_cursor")).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20, 500})
  void fillsBetweenTheFirstAndTheLastCandleOfAllPages(int limit) {
    someMinutes();
    List<String> twentyOneMinutes =
        IntStream.rangeClosed(0, 20).mapToObj("10:%02d"::formatted).toList();

    assertThat(followed("1m&from=0&to=2026-03-10T11:00:00Z&fill=null&limit=" + limit))
        .isEqualTo(twentyOneMinutes);
    assertThat(followed("1m&to=2026-03-10T11:00:00Z&order=desc&fill=previous&limit=" + limit))
        .hasSameElementsAs(twentyOneMinutes)
        .hasSize(21);
  }

  @Test
  void fillsWithNullsOrFlat() {
    someMinutes();
    String range = "1m&from=2026-03-10T10:01:00Z&to=2026-03-10T10:10:00Z";

    JsonObject empty = candles(server.get(BTC + range + "&fill=null")).get(1);
    JsonObject flat = candles(server.get(BTC + range + "&fill=previous")).get(1);

    assertThat(empty.encode())
        .isEqualTo(
            "{\"ts\":1773136920000,\"open\":null,\"high\":null,\"low\":null,\"close\":null,"
                + "\"volume\":null,\"quote_volume\":null,\"vwap\":null,\"trades\":null,"
                + "\"taker_buy_volume\":null,\"closed\":true,\"source\":null,\"filled\":true}");
    assertThat(flat.encode())
        .isEqualTo(
            "{\"ts\":1773136920000,\"open\":101.5,\"high\":101.5,\"low\":101.5,\"close\":101.5,"
                + "\"volume\":0,\"quote_volume\":0,\"vwap\":null,\"trades\":0,"
                + "\"taker_buy_volume\":0,\"closed\":true,\"source\":null,\"filled\":true}");
  }

  @Test
  void leavesOutWhatIsNotClosed() {
    someMinutes();

    assertThat(followed("1m&state=closed")).containsExactly("10:00", "10:01", "10:05", "10:20");
    assertThat(followed("1h&state=closed")).containsExactly("10:00");
  }

  @Test
  void begins65MinuteBarsWithTheSession() {
    minute("2026-03-10T13:29:00Z", 90, 1);
    minute("2026-03-09T13:30:00Z", 100, 1);
    minute("2026-03-09T14:34:00Z", 101, 1);
    minute("2026-03-09T14:35:00Z", 102, 1);
    minute("2026-03-09T20:00:00Z", 103, 1);

    assertThat(followed("65m&tz=session&from=0")).containsExactly("13:30", "14:35");
  }

  @Test
  void asksForTheSessionThatIsSetNow() {
    minute("2026-03-10T10:00:00Z", 100, 1);
    assertThat(followed("65m&from=0")).hasSize(1);
    DATABASE.execute("update market.instruments set session = 'UTC 09:45-11:00' where id = 7");
    assertThat(followed("65m&tz=session&from=0")).containsExactly("09:45");
    DATABASE.execute("update market.instruments set session = 'UTC 09:30-11:00' where id = 7");
    assertThat(followed("65m&tz=session&from=0")).containsExactly("09:30");
  }

  @Test
  void beginsDaysAtMidnightOfTheZone() {
    minute("2026-03-09T03:59:00Z", 100, 1);
    minute("2026-03-09T04:00:00Z", 101, 1);

    JsonObject page = server.get(BTC + "1d&tz=America/New_York&from=0&unit=iso");

    assertThat(candles(page))
        .extracting(candle -> candle.getString("ts"))
        .containsExactly("2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z");
  }

  @Test
  void buildsFromTradesWhatTheVenueToldOtherwise() {
    DATABASE.execute(
        "insert into market.candles_1m values"
            + " (7, '2026-03-10T10:00:00Z', 50, 50, 50, 50, 9, null, null, null, 2)");
    mark("2026-03-10T10:00:00Z");
    trade("2026-03-10T10:00:10Z", 1, 130, 1);

    assertThat(candles(server.get(BTC + "1m&from=0")).get(0).getDouble("open")).isEqualTo(50);
    assertThat(candles(server.get(BTC + "1m&from=0&source=built")).get(0).getDouble("open"))
        .isEqualTo(130);
    assertThat(candles(server.get(BTC + "1h&from=0&source=built")).get(0).getDouble("open"))
        .isEqualTo(130);
    assertThat(candles(server.get(BTC + "1h&from=0&source=native")).get(0).getDouble("open"))
        .isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource({
    "s, 1773136800",
    "ms, 1773136800000",
    "us, 1773136800000000",
    "ns, 1773136800000000000",
    "iso, 2026-03-10T10:00:00Z",
  })
  void tellsTimesInTheUnit(String unit, String ts) {
    someMinutes();

    String path = BTC + "1m&from=2026-03-10&limit=1&unit=" + unit;

    assertThat(candles(server.get(path)).get(0).getValue("ts").toString()).isEqualTo(ts);
  }

  @Test
  void writesCsv() {
    someMinutes();
    String path = BTC + "1m&from=2026-03-10&limit=2";

    HttpResponse<String> csv = server.send("GET", path, "Accept", "text/csv");

    assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(csv.headers().firstValue("X-Next-Cursor")).isPresent();
    assertThat(csv.body())
        .isEqualTo(
            "ts,open,high,low,close,volume,quote_volume,vwap,trades,taker_buy_volume,closed,source\r\n"
                + "1773136800000,100,101,99,100.5,1,100,100,1,,true,built\r\n"
                + "1773136860000,101,102,100,101.5,2,202,101,1,,true,built\r\n");
    assertThat(server.send("GET", path + "&format=csv").body()).isEqualTo(csv.body());
  }

  @Test
  void writesNdjson() {
    someMinutes();

    HttpResponse<String> lines = server.send("GET", BTC + "1m&from=0&format=ndjson");

    assertThat(lines.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    assertThat(lines.body().lines()).hasSize(5).allMatch(line -> line.startsWith("{\"ts\":"));
  }

  @Test
  void writesWhatLightweightChartsTakes() {
    someMinutes();
    String path = BTC + "1m&from=2026-03-10T10:01:00Z&limit=2&fill=null&format=lightweight";

    assertThat(server.send("GET", path).body())
        .isEqualTo(
            "[{\"time\":1773136860,\"open\":101,\"high\":102,\"low\":100,\"close\":101.5,"
                + "\"value\":2},{\"time\":1773136920}]");
  }

  @Test
  void knowsNoOtherInstrument() {
    String path = "/v1/candles?venue=binance&symbol=OTHER&timeframe=1m";

    assertThat(server.problem(404, path).getString("code")).isEqualTo("unknown_instrument");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1m", "1m&from=0", "1d&tz=America/New_York", "5s", "1M&fill=previous"})
  void tellsAnEmptyListOfAnInstrumentWithoutCandles(String query) {
    JsonObject page = server.get("/v1/candles?venue=binance&symbol=NEW&timeframe=" + query);

    assertThat(candles(page)).isEmpty();
    assertThat(page.getString("next_cursor")).isNull();
  }

  @Test
  void refusesASessionThatTheInstrumentDoesNotHave() {
    String path = "/v1/candles?venue=binance&symbol=NEW&timeframe=1h&tz=session";

    assertThat(server.problem(400, path).getString("detail")).startsWith("tz:");
  }

  @Test
  void readsAnInstrumentThatTradesOnceAMonth() {
    for (int month = 1; month <= 12; month++) {
      minute("2025-%02d-01T12:00:00Z".formatted(month), month, 1);
    }

    assertThat(followed("1m&limit=5")).hasSize(12);
    assertThat(followed("1m&limit=5&from=0")).hasSize(12);
    assertThat(followed("5s&limit=5&from=0")).isEmpty();
  }

  @Test
  void pagesWhereOnePageWouldFoldTooMuch() {
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 7, m, 1, 1, 1, 1, 1, 1, 1, 1, 1
        from generate_series(timestamptz '2025-06-01', '2026-01-01', '1 minute') m
        """);

    assertThat(followed("7m&from=0&limit=10000").size()).isEqualTo(44_024);
    JsonObject page = server.get(BTC + "1441m&from=0&limit=10000");
    assertThat(candles(page).size()).isBetween(60, 150);
    assertThat(page.getString("next_cursor")).isNotNull();
    assertThat(followed("1441m&from=0&limit=10000")).hasSize(215);
    assertThat(server.problem(400, BTC + "200001m&from=0").getString("detail"))
        .startsWith("timeframe:");
  }
}
