package dev.candlewick.server.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import dev.candlewick.server.instrument.InstrumentRepository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickIT {
  private static final String BTC = "/v1/trades?venue=binance&symbol=BTCUSDT";
  private static final String BTC_QUOTES = "/v1/quotes?venue=binance&symbol=BTCUSDT";
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) ->
                new TickHandler(new InstrumentRepository(pool), new TickRepository(pool))
                    .mount(router));
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void knowsTwoInstruments() {
    DATABASE.clear();
    DATABASE.execute(
        """
        insert into market.instruments (venue, symbol) overriding system value
        values ('binance', 'BTCUSDT'), ('binance', 'BTC/USD')
        """);
  }

  /** A trade of BTCUSDT at this time (RFC 3339 or any expression of PostgreSQL). */
  private static void trade(String ts, long id) {
    trade("'" + ts + "'", id, "100.5, 0.25, 1, 0");
  }

  private static void trade(String ts, long id, String rest) {
    DATABASE.execute("insert into market.trades values (1, %s, %d, %s)".formatted(ts, id, rest));
  }

  /** 250 trades, three to a millisecond, over more than one chunk. */
  private static void manyTrades() {
    DATABASE.execute(
        """
        insert into market.trades
        select 1, timestamptz '2024-03-01T23:59:59.990Z' + (n / 3) * interval '1 ms', n, n, 1, 1, 0
        from generate_series(0, 249) n
        """);
  }

  private static List<Integer> ids(JsonArray rows) {
    return IntStream.range(0, rows.size())
        .mapToObj(i -> rows.getJsonObject(i).getInteger("id"))
        .toList();
  }

  /** Follows the cursor to the end. */
  private static List<List<Integer>> pages(String path) {
    List<List<Integer>> pages = new ArrayList<>();
    JsonObject answer = server.get(path);
    while (true) {
      pages.add(ids(answer.getJsonArray("trades")));
      String cursor = answer.getString("next_cursor");
      if (cursor == null) {
        return pages;
      }
      answer = server.get(path + "&cursor=" + cursor);
    }
  }

  private static List<Integer> upTo(int end) {
    return IntStream.range(0, end).boxed().toList();
  }

  @Test
  void writesATradeWithAllItsFields() {
    trade("'2024-03-01T12:00:00.123456Z'", 42, "63000, 0.00012345, 2, 3");
    assertThat(server.send("GET", BTC + "&from=2024-03-01&to=2024-03-02").body())
        .isEqualTo(
            """
            {"venue":"binance","symbol":"BTCUSDT","trades":[{"ts":1709294400123,"price":63000,\
            "size":0.00012345,"side":"sell","id":42,"flags":["no_price","no_volume"]}],\
            "next_cursor":null}\
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740992, 0, 9007199254740992",
    "9007199254740993, 0, '\"9007199254740993\"'",
    "-9007199254740993, 0, '\"-9007199254740993\"'",
    "-5, 0, -5",
    "-2, 4, '\"h:fffffffffffffffe\"'",
    "171, 4, '\"h:00000000000000ab\"'",
    "171, 8, null"
  })
  void writesAnIdAsItCameOrAsItsHashOrNotAtAll(long id, int flags, String json) {
    trade("'2024-03-01T12:00:00Z'", id, "1, 1, 0, " + flags);
    assertThat(server.send("GET", BTC).body()).contains("\"side\":null,\"id\":" + json + ",");
  }

  @ParameterizedTest
  @CsvSource({
    "s, 1709294400",
    "ms, 1709294400123",
    "us, 1709294400123456",
    "ns, 1709294400123456000",
    "iso, '\"2024-03-01T12:00:00.123456Z\"'"
  })
  void writesTimestampsInTheAskedUnit(String unit, String ts) {
    trade("2024-03-01T12:00:00.123456Z", 1);
    assertThat(server.send("GET", BTC + "&unit=" + unit).body()).contains("\"ts\":" + ts + ",");
  }

  @Test
  void readsAHalfOpenRange() {
    trade("2024-03-01T12:00:00Z", 1);
    trade("2024-03-01T12:00:01Z", 2);
    trade("2024-03-01T12:00:02Z", 3);
    String path = BTC + "&from=2024-03-01T12:00:00Z&to=2024-03-01T12:00:02Z";
    assertThat(pages(path)).containsExactly(List.of(1, 2));
    assertThat(pages(path + "&order=desc")).containsExactly(List.of(2, 1));
  }

  @Test
  void ordersTradesOfOneTimestampById() {
    trade("2024-03-01T12:00:00Z", 5);
    trade("2024-03-01T12:00:00Z", -7);
    trade("2024-03-01T12:00:00Z", Integer.MIN_VALUE);
    assertThat(pages(BTC + "&from=0")).containsExactly(List.of(Integer.MIN_VALUE, -7, 5));
  }

  @Test
  void readsTheLatestWithoutARangeInAscendingOrder() {
    manyTrades();
    JsonObject answer = server.get(BTC + "&limit=3");
    assertThat(ids(answer.getJsonArray("trades"))).containsExactly(247, 248, 249);
    assertThat(answer.getString("next_cursor")).isNotNull();
  }

  @Test
  void readsTheOnesBeforeAnEndWithoutABeginning() {
    trade("2024-03-01T12:00:00Z", 1);
    trade("2024-03-01T12:00:01Z", 2);
    trade("2024-03-01T12:00:02Z", 3);
    assertThat(pages(BTC + "&to=2024-03-01T12:00:02Z&limit=5")).containsExactly(List.of(1, 2));
    assertThat(pages(BTC + "&to=2024-03-01T12:00:02Z&limit=1"))
        .containsExactly(List.of(2), List.of(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 83, 125, 250})
  void followsTheCursorForwardsToEveryTradeOnce(int limit) {
    manyTrades();
    List<List<Integer>> pages = pages(BTC + "&from=2024-03-01&limit=" + limit);
    assertThat(pages).hasSize((250 + limit - 1) / limit);
    assertThat(pages.stream().flatMap(List::stream)).isEqualTo(upTo(250));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"&order=desc", "&order=desc&from=2024-03-01", "&order=desc&to=2025-01-01"})
  void followsTheCursorBackwardsToEveryTradeOnce(String range) {
    manyTrades();
    List<Integer> all = pages(BTC + "&limit=33" + range).stream().flatMap(List::stream).toList();
    List<Integer> expected = new ArrayList<>(upTo(250));
    Collections.reverse(expected);
    assertThat(all).isEqualTo(expected);
  }

  @Test
  void leadsFromTheLatestToOlderPagesEachAscending() {
    manyTrades();
    List<List<Integer>> pages = pages(BTC + "&limit=100");
    assertThat(pages.get(0)).isEqualTo(IntStream.range(150, 250).boxed().toList());
    assertThat(pages.get(1)).isEqualTo(IntStream.range(50, 150).boxed().toList());
    assertThat(pages.get(2)).isEqualTo(upTo(50));
  }

  @Test
  void yieldsEachTradeOnceWhileNewOnesArrive() {
    manyTrades();
    JsonObject first = server.get(BTC + "&limit=200");
    trade("2024-03-05T00:00:00Z", 300);
    JsonObject second = server.get(BTC + "&limit=200&cursor=" + first.getString("next_cursor"));
    assertThat(ids(second.getJsonArray("trades"))).isEqualTo(upTo(50));
  }

  @Test
  void findsRowsThatAreYearsApart() {
    trade("1999-01-01T00:00:00Z", 1);
    trade("2012-12-03T00:00:00Z", 2);
    trade("2024-03-01T12:00:00Z", 3);
    assertThat(pages(BTC)).containsExactly(List.of(1, 2, 3));
    assertThat(pages(BTC + "&limit=2&order=desc")).containsExactly(List.of(3, 2), List.of(1));
    assertThat(pages(BTC + "&from=0&order=desc")).containsExactly(List.of(3, 2, 1));
  }

  @Test
  void showsATradeWhoseClockIsAheadOfOurs() {
    trade("now() + interval '2 hours'", 1, "1, 1, 0, 0");
    assertThat(pages(BTC)).containsExactly(List.of(1));
    assertThat(pages(BTC + "&from=" + Instant.now())).containsExactly(List.of(1));
    assertThat(pages(BTC + "&to=2099-01-01")).containsExactly(List.of(1));
  }

  @Test
  void answersAnEmptyRangeWithAnEmptyList() {
    JsonObject answer = server.get("/v1/trades?venue=binance&symbol=BTC%2FUSD");
    assertThat(answer.getJsonArray("trades")).isEmpty();
    assertThat(answer.getValue("next_cursor")).isNull();
    assertThat(pages(BTC + "&from=2099-01-01")).containsExactly(List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/trades?venue=binance&symbol=btcusdt, 404, unknown_instrument",
    "/v1/quotes?venue=Binance&symbol=BTCUSDT, 404, unknown_instrument",
    "/v1/trades?venue=binance, 400, bad_parameter",
    "/v1/trades?venue=binance&symbol=BTCUSDT&fill=none, 400, bad_parameter",
    "/v1/quotes?venue=binance&symbol=BTCUSDT&limit=10001, 400, bad_parameter",
    "/v1/quotes?venue=binance&symbol=BTCUSDT&format=lightweight, 400, bad_parameter"
  })
  void refusesWhatItCannotAnswer(String path, int status, String code) {
    assertThat(server.problem(status, path).getString("code")).isEqualTo(code);
  }

  @Test
  void refusesACursorOfAnotherRequest() {
    manyTrades();
    String cursor = server.get(BTC + "&limit=3").getString("next_cursor");
    for (String other :
        List.of(BTC + "&from=0", BTC_QUOTES, "/v1/trades?venue=binance&symbol=BTC%2FUSD")) {
      assertThat(server.problem(400, other + "&cursor=" + cursor).getString("detail"))
          .startsWith("cursor: ");
    }
  }

  @Test
  void writesQuotesWithEmptySidesAsNull() {
    DATABASE.execute(
        """
        insert into market.quotes values
          (1, '2024-03-01T12:00:00Z', 1, 99.5, 2, 100, 3, 99.75, 1234.5),
          (1, '2024-03-01T12:00:00Z', 2, null, null, 100, 3, null, null)
        """);
    JsonObject answer = server.get(BTC_QUOTES);
    assertThat(answer.encode())
        .isEqualTo(
            """
            {"venue":"binance","symbol":"BTCUSDT","quotes":[\
            {"ts":1709294400000,"bid":99.5,"bid_size":2,"ask":100,"ask_size":3,"last":99.75,\
            "volume_24h":1234.5},\
            {"ts":1709294400000,"bid":null,"bid_size":null,"ask":100,"ask_size":3,"last":null,\
            "volume_24h":null}],"next_cursor":null}\
            """);
  }

  @Test
  void writesCsvWithTheCursorInAHeader() {
    trade("'2024-03-01T12:00:00Z'", 1, "100.5, 0.25, 1, 1");
    trade("'2024-03-01T12:00:01Z'", -2, "100.5, 0.25, 0, 4");
    trade("'2024-03-01T12:00:02Z'", 3, "100.5, 0.25, 0, 8");
    HttpResponse<String> response = server.send("GET", BTC + "&from=0&limit=2&format=csv");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(response.body())
        .isEqualTo(
            """
            ts,price,size,side,id,flags\r
            1709294400000,100.5,0.25,buy,1,no_price\r
            1709294401000,100.5,0.25,,h:fffffffffffffffe,\r
            """);
    String cursor = response.headers().firstValue("X-Next-Cursor").orElseThrow();
    HttpResponse<String> rest =
        server.send("GET", BTC + "&from=0&limit=2&format=csv&cursor=" + cursor);
    assertThat(rest.body()).endsWith("\r\n1709294402000,100.5,0.25,,,\r\n");
    assertThat(rest.headers().firstValue("X-Next-Cursor")).isEmpty();
  }

  @Test
  void writesNdjsonALinePerRow() {
    trade("2024-03-01T12:00:00Z", 1);
    trade("2024-03-01T12:00:01Z", 2);
    HttpResponse<String> response = server.send("GET", BTC, "Accept", "application/x-ndjson");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    assertThat(response.body().lines().map(line -> new JsonObject(line).getInteger("id")))
        .containsExactly(1, 2);
  }

  @Test
  void answersHead() {
    trade("2024-03-01T12:00:00Z", 1);
    HttpResponse<String> get = server.send("GET", BTC);
    HttpResponse<String> head = server.send("HEAD", BTC);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(get.headers().firstValue("Content-Length"));
  }
}
