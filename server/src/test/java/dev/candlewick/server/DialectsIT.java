package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialects on the whole server: what is under their paths, and names that are not plain. */
class DialectsIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final long NOW = System.currentTimeMillis() / 60_000 * 60_000 - 600_000;

  private static RunningServer server;

  @BeforeAll
  static void start() {
    DATABASE.clear();
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void trades(String symbol, List<String> rows) {
    String body =
        new JsonObject()
            .put("venue", "binance")
            .put("symbol", symbol)
            .put("rows", new JsonArray("[" + String.join(",", rows) + "]"))
            .encode();
    HttpResponse<String> answer = server.post("/v1/trades", body);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static String trade(long ts, String price, String size, String side, String id) {
    return "{\"ts\":%d,\"price\":%s,\"size\":%s,\"side\":\"%s\",\"id\":%s}"
        .formatted(ts, price, size, side, id);
  }

  private static JsonObject object(String path) {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as("%s %s", path, answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static JsonArray array(String path) {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as("%s %s", path, answer.body()).isEqualTo(200);
    return new JsonArray(answer.body());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v3/order, 404, code",
    "GET, /api/v3, 404, code",
    "GET, /api/v3/klines/x, 404, code",
    "POST, /api/v3/order, 404, code",
    "POST, /api/v3/klines, 405, code",
    "DELETE, /api/v3/ping, 405, code",
    "POST, /ws, 405, code",
    "GET, /stream/x, 404, code",
    "GET, /ws/btcusdt@trade?speed=1, 400, code",
    "GET, /stream?timeUnit=NANOSECOND, 400, code",
    "GET, /udf/marks, 404, s",
    "GET, /udf, 404, s",
    "POST, /udf/history, 405, s",
    "GET, /api/v2/write, 405, message",
    "GET, /api/v2/buckets, 404, message",
    "POST, /api/v2/query, 404, message",
    "GET, /write, 405, message",
    "POST, /ping, 405, message",
    "DELETE, /settings, 405, message",
    "POST, /write?u=me&p=secret, 400, message",
    "POST, /write?precision=ms&precision=s, 400, message",
  })
  void answersInItsOwnFormUnderItsPaths(String method, String path, int status, String field) {
    HttpResponse<String> answer = server.send(method, path, "");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    JsonObject told = new JsonObject(answer.body());
    switch (field) {
      case "code" -> {
        assertThat(told.getInteger("code")).isNegative();
        assertThat(told.getString("msg")).isNotEmpty();
      }
      case "s" -> {
        assertThat(told.getString("s")).isEqualTo("error");
        assertThat(told.getString("errmsg")).isNotEmpty();
      }
      default -> {
        assertThat(told.getString("code")).isNotEmpty();
        assertThat(told.getString("message")).isNotEmpty();
      }
    }
  }

  @Test
  void answersInItsOwnFormWhereAPathIsNotEncoded() throws IOException {
    try (RawHttp http = new RawHttp(server.uri(""))) {
      http.send("GET /api/v3/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(http.readToEnd(Duration.ofSeconds(10)))
          .startsWith("HTTP/1.1 400")
          .contains("{\"code\":-1", "\"msg\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aggTrades", "historicalTrades"})
  void pagesByIdThroughMoreTradesOfAMillisecondThanFitAPage(String resource) {
    String symbol = "PAGED" + resource.length();
    List<String> rows = new ArrayList<>();
    IntStream.range(0, 1_500)
        .forEach(i -> rows.add(trade(NOW, "1", "1", "buy", String.valueOf(7_000 + i))));
    for (int i = 1; i <= 100; i++) {
      rows.add(trade(NOW - i * 3_600_000L, "1", "1", "buy", String.valueOf(7_000 - i)));
      rows.add(trade(NOW - i * 3_600_000L, "1", "1", "buy", "\"text-%d\"".formatted(i)));
    }
    trades(symbol, rows);
    String field = resource.equals("aggTrades") ? "a" : "id";
    List<Long> found = new ArrayList<>();
    for (long id = 0; ; id = found.get(found.size() - 1) + 1) {
      JsonArray page =
          array("/api/v3/%s?symbol=%s&limit=600&fromId=%d".formatted(resource, symbol, id));
      page.forEach(trade -> found.add(((JsonObject) trade).getLong(field)));
      if (page.isEmpty()) {
        break;
      }
    }
    assertThat(found)
        .containsExactlyElementsOf(IntStream.range(6_900, 8_500).mapToObj(Long::valueOf).toList());
    for (long id : new long[] {6_950, 7_777, 8_499}) {
      assertThat(
              array("/api/v3/%s?symbol=%s&limit=1&fromId=%d".formatted(resource, symbol, id))
                  .getJsonObject(0)
                  .getLong(field))
          .isEqualTo(id);
    }
  }

  @Test
  void refusesAnIdBesideTimes() {
    trades("BOTH", List.of(trade(NOW, "1", "1", "buy", "1")));
    HttpResponse<String> answer =
        server.get("/api/v3/aggTrades?symbol=BOTH&fromId=1&startTime=" + NOW);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getInteger("code")).isEqualTo(-1128);
  }

  @Test
  void tellsIdsThatAreNoIntegersAsNumbersThatStayTheSame() {
    trades(
        "TEXTS",
        IntStream.range(0, 50)
            .mapToObj(i -> trade(NOW, "1", "1", "buy", "\"0c25fa44-%d\"".formatted(i)))
            .toList());
    trades("TEXTS", List.of("{\"ts\":%d,\"price\":1,\"size\":1}".formatted(NOW)));
    String path = "/api/v3/trades?symbol=TEXTS";
    List<Long> ids = array(path).stream().map(t -> ((JsonObject) t).getLong("id")).toList();
    assertThat(ids).hasSize(51).doesNotHaveDuplicates();
    assertThat(ids).allSatisfy(id -> assertThat(id).isBetween(0L, (1L << 53) - 1));
    assertThat(array(path).stream().map(t -> ((JsonObject) t).getLong("id")).toList())
        .isEqualTo(ids);
  }

  @Test
  void tellsTheQuoteVolumeOfTakersWhoBought() {
    trades(
        "TAKEN",
        List.of(
            trade(NOW, "10.1", "0.3", "buy", "1"),
            trade(NOW + 1, "10.2", "0.5", "sell", "2"),
            trade(NOW + 2, "10.3", "0.1", "buy", "3"),
            trade(NOW + 60_000, "11.7", "2", "buy", "4"),
            trade(NOW + 120_000, "12", "2", "sell", "5"),
            "{\"ts\":%d,\"price\":12,\"size\":1,\"id\":6}".formatted(NOW + 180_000)));
    JsonArray minutes = array("/api/v3/klines?symbol=TAKEN&interval=1m");
    assertThat(minutes.stream().map(k -> ((JsonArray) k).getString(10)))
        .containsExactly("4.06000000", "23.40000000", "0.00000000", "0");
    JsonArray days = array("/api/v3/klines?symbol=TAKEN&interval=1M&endTime=" + (NOW + 150_000));
    assertThat(days.getJsonArray(days.size() - 1).getString(10)).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "币安人生USDT",
        "^GSPC",
        "@ES#",
        "$SPX.X",
        "/ESZ5",
        "BRK/B",
        ".INX",
        "_x",
        "&x",
        "A%B",
        "GC=F",
        "a b",
        "BTC+USD",
        "BTC-3JAN25~x",
        "ÅÄÖ",
        "किताब"
      })
  void takesASymbolWhereverItStands(String symbol) {
    trades(symbol, List.of(trade(NOW, "1.5", "1", "buy", "1")));
    String q = encoded(symbol);
    assertThat(object("/v1/trades?venue=binance&symbol=" + q).getJsonArray("trades")).hasSize(1);
    assertThat(object("/v1/instruments/binance/" + q).getString("symbol")).isEqualTo(symbol);
    assertThat(server.send("PUT", "/v1/instruments/binance/" + q, "{\"name\":\"n\"}").statusCode())
        .isEqualTo(200);
    assertThat(server.get("/v1/latest?venue=binance&symbol=" + q + "," + q).body())
        .contains(new JsonObject().put("symbol", symbol).encode().replaceAll("[{}]", ""));
    assertThat(array("/api/v3/trades?symbol=" + q)).hasSize(1);
    assertThat(array("/udf/search?query=" + q).stream())
        .anyMatch(hit -> ((JsonObject) hit).getString("symbol").equals(symbol));
    assertThat(object("/udf/symbols?symbol=binance:" + q).getString("name")).isEqualTo(symbol);
    String line =
        "trades,venue=binance,symbol=%s price=2,size=1,id=2i %d"
            .formatted(symbol.replaceAll("([ ,=])", "\\\\$1"), NOW);
    HttpResponse<String> answer = server.send("POST", "/write?precision=ms", line);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(204);
    String csv = "ts,price,size,id,symbol\n%d,3,1,3,\"%s\"\n".formatted(NOW, symbol);
    answer = server.send("POST", "/v1/trades?venue=binance", csv, "Content-Type", "text/csv");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    String page = "/v1/trades?venue=binance&limit=2&from=%d&symbol=%s".formatted(NOW, q);
    String cursor = new JsonObject(server.get(page).body()).getString("next_cursor");
    assertThat(new JsonObject(server.get(page + "&cursor=" + cursor).body()).getJsonArray("trades"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " x",
        "x ",
        "a  b",
        "a..b",
        "-x",
        "+x",
        "=x",
        "~x",
        "!x",
        "ＢＴＣ",
        "a,b",
        "a\"b",
        "a\\b",
        "a|b",
        "a\tb",
        "ﬁ",
        "²",
        "a\u200bb",
        "(x)"
      })
  void refusesWhatIsNoSymbol(String symbol) {
    String body =
        new JsonObject()
            .put("venue", "binance")
            .put("symbol", symbol)
            .put("rows", new JsonArray("[" + trade(NOW, "1", "1", "buy", "1") + "]"))
            .encode();
    HttpResponse<String> answer = server.post("/v1/trades", body);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("bad_symbol");
  }

  @Test
  void looksNamesUpExactlyAndThenByUpperCaseWhereOneFits() {
    trades("币安币USDT", List.of(trade(NOW, "1", "1", "buy", "1")));
    trades("mBTC-usd", List.of(trade(NOW, "2", "1", "buy", "1")));
    trades("TWIN", List.of(trade(NOW, "3", "1", "buy", "1")));
    trades("twin", List.of(trade(NOW, "4", "1", "buy", "1")));
    assertThat(array("/api/v3/trades?symbol=" + encoded("币安币usdt"))).hasSize(1);
    assertThat(array("/api/v3/klines?interval=1m&symbol=MBTC-USD")).hasSize(1);
    assertThat(server.get("/api/v3/ticker/price?symbol=mbtc-usd").body())
        .contains("\"symbol\":\"mBTC-usd\"");
    assertThat(server.get("/api/v3/ticker/price?symbol=twin").body()).contains("\"4.00000000\"");
    assertThat(server.get("/api/v3/ticker/price?symbol=TWIN").body()).contains("\"3.00000000\"");
    assertThat(server.get("/api/v3/ticker/price?symbol=Twin").body()).contains("-1121");
    assertThat(server.get("/v1/trades?venue=binance&symbol=mbtc-usd").statusCode()).isEqualTo(404);
    assertThat(server.get("/udf/symbols?symbol=BINANCE:MBTC-USD").body()).contains("mBTC-usd");
    assertThat(server.get("/udf/symbols?symbol=MBTC-USD").body()).contains("mBTC-usd");
    assertThat(server.get("/udf/symbols?symbol=BINANCE:Twin").body()).contains("\"error\"");
    assertThat(array("/udf/search?query=binance:twin")).hasSize(2);
    assertThat(array("/udf/search?query=BINANCE:MBTC&exchange=BINANCE")).hasSize(1);
    assertThat(array("/udf/search?query=MBTC&exchange=nowhere")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/udf/search?query=a&limit=ten, limit",
    "/udf/search?q=a, q",
    "/udf/config?x=1, x",
    "/udf/symbols?symbol=TAKEN&unitId=oz, unitId",
    "/udf/history?symbol=TAKEN&resolution=1&from=0&to=1&adjust=1, adjust",
    "/udf/history?symbol=TAKEN&resolution=1&from=0&from=1&to=1, from"
  })
  void refusesWhatUdfDoesNotKnow(String path, String name) {
    trades("TAKEN", List.of(trade(NOW, "10.1", "0.3", "buy", "1")));
    JsonObject answer = new JsonObject(server.get(path).body());
    assertThat(answer.getString("s")).isEqualTo("error");
    assertThat(answer.getString("errmsg")).startsWith(name + ": ");
  }

  @ParameterizedTest
  @CsvSource({
    "exchangeInfo?symbolStatus=SOLD, -1130",
    "exchangeInfo?symbol=TAKEN&permissions=SPOT, -1128",
    "exchangeInfo?showPermissionSets=maybe, -1130",
    "ticker/price?symbolStatus=SOLD, -1130",
    "ticker/price?symbol=TAKEN&symbols=%5B%22TAKEN%22%5D, -1128",
    "ticker/24hr?type=HALF, -1130",
    "historicalTrades?symbol=TAKEN&fromId=-1, -1100",
    "aggTrades?symbol=TAKEN&fromid=1, -1104"
  })
  void refusesWhatBinanceDoesNotKnow(String path, int code) {
    trades("TAKEN", List.of(trade(NOW, "10.1", "0.3", "buy", "1")));
    HttpResponse<String> answer = server.get("/api/v3/" + path);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getInteger("code")).isEqualTo(code);
  }

  @Test
  void filtersMarketsByWhatTheyMayDo() {
    trades("TAKEN", List.of(trade(NOW, "10.1", "0.3", "buy", "1")));
    String path = "/api/v3/exchangeInfo?";
    assertThat(symbols(path + "permissions=SPOT&symbolStatus=TRADING")).isNotEmpty();
    assertThat(symbols(path + "permissions=%5B%22MARGIN%22,%22SPOT%22%5D")).isNotEmpty();
    assertThat(symbols(path + "permissions=MARGIN")).isEmpty();
    assertThat(symbols(path + "symbolStatus=HALT")).isEmpty();
    assertThat(server.get(path + "showPermissionSets=false").body())
        .doesNotContain("permissionSets");
  }

  private static JsonArray symbols(String path) {
    return new JsonObject(server.get(path).body()).getJsonArray("symbols");
  }

  @Test
  void refusesAnOrderThatLightweightChartsDoesNotTake() {
    trades("TAKEN", List.of(trade(NOW, "10.1", "0.3", "buy", "1")));
    String path = "/v1/candles?venue=binance&symbol=TAKEN&timeframe=1m&format=lightweight";
    assertThat(server.get(path).statusCode()).isEqualTo(200);
    HttpResponse<String> answer = server.get(path + "&order=desc");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("order: must be asc");
  }
}
