package dev.candlewick.server.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import dev.candlewick.server.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstrumentIT {
  private static final String BTC = "/v1/instruments/binance/BTCUSDT";
  private static final TestDatabase DATABASE = TestDatabase.shared();

  private static TestServer server;

  @BeforeAll
  static void listen() {
    server =
        TestServer.onDatabase(
            (router, pool) -> {
              InstrumentRepository instruments = new InstrumentRepository(pool);
              new InstrumentHandler(instruments, instruments).mount(router);
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
        insert into market.instruments (venue, symbol, name)
        values ('binance', 'BTCUSDT', 'Bitcoin'), ('binance', 'ETHUSDT', null),
               ('COMEX', 'GCZ13', 'Gold 100%_oz'), ('kraken', 'BTC/USD', null)
        """);
  }

  private static JsonObject put(int status, String path, String json) {
    HttpResponse<String> response = server.put(path, json);
    assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(status);
    return new JsonObject(response.body());
  }

  private static List<String> symbols(JsonObject answer) {
    JsonArray rows = answer.getJsonArray("instruments");
    return IntStream.range(0, rows.size())
        .mapToObj(i -> rows.getJsonObject(i).getString("symbol"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/instruments, GCZ13 BTCUSDT ETHUSDT BTC/USD",
    "/v1/instruments?venue=binance, BTCUSDT ETHUSDT",
    "/v1/instruments?venue=nowhere, ''",
    "/v1/instruments?query=btc, BTCUSDT BTC/USD",
    "/v1/instruments?query=USDt&venue=binance, BTCUSDT ETHUSDT",
    "/v1/instruments?query=BITCOIN, BTCUSDT",
    "/v1/instruments?query=0%25_o, GCZ13",
    "/v1/instruments?query=%25, GCZ13"
  })
  void listsInstruments(String path, String symbols) {
    assertThat(String.join(" ", symbols(server.get(path)))).isEqualTo(symbols);
  }

  @Test
  void followsTheCursorToEveryInstrumentOnce() {
    List<String> all = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page = server.get("/v1/instruments?limit=1" + cursor);
      all.addAll(symbols(page));
      String next = page.getString("next_cursor");
      cursor = next == null ? null : "&cursor=" + next;
    }
    assertThat(all).containsExactly("GCZ13", "BTCUSDT", "ETHUSDT", "BTC/USD");
  }

  @Test
  void writesAnInstrumentOfWhichNothingIsKnown() {
    assertThat(server.get("/v1/instruments/kraken/BTC%2FUSD").encode())
        .isEqualTo(
            """
            {"venue":"kraken","symbol":"BTC/USD","base":null,"quote":null,"currency":null,\
            "asset_class":null,"name":null,"tick_size":null,"lot_size":null,"timezone":null,\
            "session":null,"metadata":{},"first_ts":null,"last_ts":null,"trades":null,\
            "quotes":null,"timeframes":{}}\
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/instruments/binance/XRPUSDT, 404, unknown_instrument",
    "/v1/instruments/binance/btcusdt, 404, unknown_instrument",
    "/v1/instruments/binance/a%00b, 400, bad_parameter",
    "/v1/instruments/b%2Fc/abc, 400, bad_parameter",
    "/v1/instruments?limit=0, 400, bad_parameter",
    "/v1/instruments?cursor=abc, 400, bad_parameter",
    "/v1/instruments/binance/BTCUSDT?limit=1, 400, bad_parameter",
    "/v1/instruments/binance, 404, not_found"
  })
  void refusesWhatItCannotAnswer(String path, int status, String code) {
    assertThat(server.problem(status, path).getString("code")).isEqualTo(code);
  }

  @Test
  void createsAnInstrument() {
    JsonObject answer =
        put(
            200,
            "/v1/instruments/NYSE/BRK+B%20x",
            """
            {"base":"BRK","quote":"USD","currency":"USD","asset_class":"equity","name":"Berkshire \
            \\u00e9","tick_size":0.01,"lot_size":"1","timezone":"America/New_York",\
            "session":"0930-1600","metadata":{"figi":"BBG","list":[1,2.50,{"deep":null}],"ok":true}}
            """);
    assertThat(answer.getString("symbol")).isEqualTo("BRK+B x");
    assertThat(answer.getString("name")).isEqualTo("Berkshire é");
    assertThat(answer.getDouble("tick_size")).isEqualTo(0.01);
    assertThat(answer.getInteger("lot_size")).isEqualTo(1);
    assertThat(answer.getString("timezone")).isEqualTo("America/New_York");
    assertThat(answer.getJsonObject("metadata"))
        .isEqualTo(
            new JsonObject("{\"figi\":\"BBG\",\"list\":[1,2.5,{\"deep\":null}],\"ok\":true}"));
    assertThat(server.get("/v1/instruments/NYSE/BRK+B%20x")).isEqualTo(answer);
  }

  @Test
  void changesOnlyTheFieldsThatAreNamed() {
    put(200, BTC, "{\"base\":\"BTC\",\"tick_size\":0.5,\"metadata\":{\"a\":1}}");
    JsonObject answer = put(200, BTC, "{\"quote\":\"USDT\",\"tick_size\":null}");
    assertThat(answer.getString("base")).isEqualTo("BTC");
    assertThat(answer.getString("quote")).isEqualTo("USDT");
    assertThat(answer.getString("name")).isEqualTo("Bitcoin");
    assertThat(answer.getValue("tick_size")).isNull();
    assertThat(answer.getJsonObject("metadata").encode()).isEqualTo("{\"a\":1}");
    assertThat(put(200, BTC, "{\"metadata\":{\"b\":2}}").getJsonObject("metadata").encode())
        .isEqualTo("{\"b\":2}");
  }

  @Test
  void keepsTheIdOfAnInstrumentThatIsChanged() {
    put(200, BTC, "{\"name\":\"Bitcoin against Tether\"}");
    assertThat(DATABASE.text("select id from market.instruments where symbol = 'BTCUSDT'"))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"bases\":\"x\"} | unknown_field | bases",
        "{\"venue\":\"x\"} | unknown_field | venue",
        "{\"base\":1} | bad_type | base",
        "{\"base\":\"\"} | out_of_range | base",
        "{\"name\":\"a\\u0000b\"} | bad_type | name",
        "{\"name\":\"a\\ud800b\"} | bad_type | name",
        "{\"timezone\":\"Mars/Olympus\"} | out_of_range | timezone",
        "{\"timezone\":3} | bad_type | timezone",
        "{\"tick_size\":0} | out_of_range | tick_size",
        "{\"tick_size\":-1} | out_of_range | tick_size",
        "{\"tick_size\":\"abc\"} | bad_type | tick_size",
        "{\"tick_size\":\"\"} | bad_type | tick_size",
        "{\"lot_size\":1e999} | out_of_range | lot_size",
        "{\"lot_size\":true} | bad_type | lot_size",
        "{\"metadata\":[]} | bad_type | metadata",
        "{\"metadata\":null} | bad_type | metadata",
        "{\"metadata\":{\"a\":[\"\\u0000\"]}} | bad_type | metadata",
        "{\"metadata\":{\"\\u0000\":1}} | bad_type | metadata",
        "{\"metadata\":{\"a\":1e99999}} | out_of_range | metadata"
      })
  void refusesABadFieldByItsName(String json, String code, String field) {
    JsonObject problem = put(422, BTC, json);
    assertThat(problem.getString("code")).isEqualTo(code);
    assertThat(problem.getString("detail")).startsWith(field + ": ");
    assertThat(server.get(BTC).getString("name")).isEqualTo("Bitcoin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | malformed",
        "[] | malformed",
        "{\"base\":\"x\" | malformed",
        "{\"base\":\"x\"} x | malformed",
        "{\"base\":\"x\"}{} | malformed",
        "{\"base\":\"x\",\"base\":\"y\"} | malformed",
        "{\"metadata\":{\"a\":NaN}} | malformed"
      })
  void refusesABodyThatIsNoJsonObject(String json, String code) {
    assertThat(put(400, BTC, json).getString("code")).isEqualTo(code);
  }

  @Test
  void refusesABodyThatIsTooLargeOrOfAnotherType() {
    String large = "{\"metadata\":{\"a\":\"" + "x".repeat(70_000) + "\"}}";
    assertThat(put(413, BTC, large).getString("code")).isEqualTo("too_large");
    HttpResponse<String> csv = server.send("PUT", BTC, "Content-Type", "text/csv");
    assertThat(csv.statusCode()).isEqualTo(415);
    HttpResponse<String> encoded = server.send("PUT", BTC, "Content-Encoding", "br");
    assertThat(encoded.statusCode()).isEqualTo(415);
  }

  @Test
  void refusesToCreateAnInstrumentWithABadName() {
    assertThat(put(400, "/v1/instruments/binance/-x", "{}").getString("detail"))
        .startsWith("symbol: ");
    assertThat(DATABASE.text("select count(*) from market.instruments")).isEqualTo("4");
  }

  @Test
  void tellsWhatIsHeld() {
    DATABASE.execute(
        """
        insert into market.trades values (1, '2024-03-02T00:00:00Z', 1, 1, 1, 0, 0),
          (1, '2024-03-04T00:00:00.5Z', 2, 1, 1, 0, 0), (2, '2020-01-01T00:00:00Z', 1, 1, 1, 0, 0);
        insert into market.quotes values (1, '2024-03-05T00:00:00Z', 1, 1, 1, 1, 1, 1, 1);
        insert into market.candles_1m values
          (1, '2024-03-02T00:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, 1),
          (1, '2024-03-04T00:01:00Z', 1, 1, 1, 1, 1, 1, 1, 1, 1);
        insert into market.candles_native values
          (1, '1d', '2023-01-01T00:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, true),
          (1, '3d', '2023-02-01T00:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, true),
          (1, '15s', '2023-03-01T00:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, true),
          (1, '15s', '2023-03-01T00:00:15Z', 1, 1, 1, 1, 1, 1, 1, 1, true),
          (1, '1w', '2023-01-02T00:00:00Z', 1, 1, 1, 1, 1, 1, 1, 1, false)
        """);
    JsonObject held = server.get(BTC + "?unit=iso");
    assertThat(held.getString("first_ts")).isEqualTo("2023-01-01T00:00:00Z");
    assertThat(held.getString("last_ts")).isEqualTo("2024-03-05T00:00:00Z");
    assertThat(held.getJsonObject("trades").encode())
        .isEqualTo(
            "{\"first_ts\":\"2024-03-02T00:00:00Z\",\"last_ts\":\"2024-03-04T00:00:00.500Z\"}");
    assertThat(held.getJsonObject("quotes").getString("first_ts"))
        .isEqualTo("2024-03-05T00:00:00Z");
    JsonObject timeframes = held.getJsonObject("timeframes");
    assertThat(timeframes.fieldNames()).startsWith("15s", "1m").endsWith("1d", "3d", "1w");
    assertThat(timeframes.getJsonObject("15s").getString("last_ts"))
        .isEqualTo("2023-03-01T00:00:15Z");
    assertThat(timeframes.getJsonObject("1m").encode())
        .isEqualTo("{\"first_ts\":\"2024-03-02T00:00:00Z\",\"last_ts\":\"2024-03-04T00:01:00Z\"}");
    assertThat(timeframes.getJsonObject("1d").getString("first_ts"))
        .isEqualTo("2023-01-01T00:00:00Z");
  }

  @Test
  void answersHead() {
    for (String path : List.of("/v1/instruments", BTC)) {
      assertThat(server.send("HEAD", path).statusCode()).isEqualTo(200);
    }
  }
}
