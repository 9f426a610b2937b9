package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers, times and names at the edge: refused with field and code, or given back exactly. */
class IngestTablesIT {
  private static TestDatabase database;
  private static ServerProcess server;

  private String symbol;

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database, "RETENTION_TRADES", "none");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "S" + UUID.randomUUID().toString().substring(0, 8);
  }

  private HttpResponse<String> post(String row) {
    return post("/v1/trades", "", row);
  }

  private HttpResponse<String> post(String path, String more, String row) {
    String body =
        "{\"venue\":\"v\",\"symbol\":\"%s\"%s,\"rows\":[%s]}".formatted(symbol, more, row);
    return server.post(path, body);
  }

  private void refuses(HttpResponse<String> answer, String field, String code) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(422);
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("code")).isEqualTo("rows_rejected");
    JsonObject rejected = problem.getJsonArray("rejected").getJsonObject(0);
    assertThat(rejected.getString("code")).as("%s", rejected).isEqualTo(code);
    assertThat(rejected.getString("field")).isEqualTo(field);
  }

  private String readPrice() {
    String text =
        server
            .get("/v1/trades?venue=v&symbol=%s&from=0".formatted(symbol))
            .body()
            .replaceAll("\\s", "");
    return text.replaceAll(".*\"price\":([^,]*),.*", "$1");
  }

  // Experiment 35.

  @ParameterizedTest
  @CsvSource({
    "\"NaN\", not_finite",
    "\"Infinity\", not_finite",
    "\"-inf\", not_finite",
    "1e400, out_of_range",
    "-1e400, out_of_range",
    "\"1e400\", out_of_range",
    "1e-400, out_of_range",
    "1e-31, out_of_range",
    "1e31, out_of_range",
    "true, bad_type",
    "[], bad_type",
    "{}, bad_type",
    "\"\", bad_type",
    "\" 1\", bad_type",
    "\"1 \", bad_type",
    "\"0x10\", bad_type",
    "\"1_000\", bad_type",
    "\"1d\", bad_type",
    "\"1f\", bad_type",
    "\"٣\", bad_type",
    "\"1.2.3\", bad_type",
    "null, missing_field"
  })
  void refusesAPriceThatIsNone(String price, String code) {
    refuses(post("{\"ts\":%d,\"price\":%s,\"size\":1}".formatted(HOUR_AGO, price)), "price", code);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "\"-0\", 0",
    "0e999, 0",
    "\"1.0\", 1",
    "\"+1.5\", 1.5",
    "-37.63, -37.63",
    "0.1, 0.1",
    "64512.37, 64512.37",
    "0.00000001, 1E-8",
    "123456789.012345, 123456789.012345",
    "999999999999999, 999999999999999",
    "9007199254740993, 9007199254740992",
    "0.1234567890123456789, 0.12345678901234568",
    "1e-30, 1E-30",
    "1e30, 1E30",
    "\"64512.370\", 64512.37"
  })
  void givesAPriceBackAsTheSameDecimal(String price, String told) {
    HttpResponse<String> answer =
        post("{\"ts\":%d,\"price\":%s,\"size\":1,\"id\":1}".formatted(HOUR_AGO, price));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    assertThat(new java.math.BigDecimal(readPrice()))
        .isEqualByComparingTo(new java.math.BigDecimal(told));
    assertThat(readPrice()).doesNotStartWith("-0.0").isNotEqualTo("-0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0.00000001", "\"-1\""})
  void refusesASizeBelowZero(String size) {
    refuses(
        post("{\"ts\":%d,\"price\":1,\"size\":%s}".formatted(HOUR_AGO, size)),
        "size",
        "out_of_range");
  }

  @ParameterizedTest
  @CsvSource({
    // open, high, low, close, volume, field, code
    "1, 2, 3, 1, 1, , ohlc_inconsistent",
    "3, 2, 1, 1, 1, , ohlc_inconsistent",
    "1, 2, 1, 3, 1, , ohlc_inconsistent",
    "1, 2, 1, 0.5, 1, , ohlc_inconsistent",
    "1, 2, 1, 1, -1, volume, out_of_range"
  })
  void refusesACandleThatCannotBe(
      String open,
      String high,
      String low,
      String close,
      String volume,
      String field,
      String code) {
    String row =
        "{\"ts\":%d,\"open\":%s,\"high\":%s,\"low\":%s,\"close\":%s,\"volume\":%s}"
            .formatted(HOUR_AGO, open, high, low, close, volume);
    refuses(post("/v1/candles", ",\"timeframe\":\"1m\"", row), field, code);
  }

  @ParameterizedTest
  @CsvSource({
    "1m, 1, ts, misaligned_ts",
    "1s, 1, ts, misaligned_ts",
    "7x, 0, timeframe, bad_timeframe",
    "0m, 0, timeframe, bad_timeframe",
    "'', 0, timeframe, bad_timeframe"
  })
  void refusesACandleOfNoTimeframe(String timeframe, long offset, String field, String code) {
    String row =
        "{\"ts\":%d,\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1}"
            .formatted(HOUR_AGO + offset);
    refuses(post("/v1/candles", ",\"timeframe\":\"" + timeframe + "\"", row), field, code);
  }

  // Experiment 36.

  @ParameterizedTest
  @CsvSource({
    "-1, ms, ts_out_of_range",
    "1754000000000, s, ts_out_of_range",
    "1754000000000000, ms, ts_out_of_range",
    "1754000000000000000, us, ts_out_of_range",
    "9223372036854775807, s, ts_out_of_range",
    "9223372036854775807, ns, ts_out_of_range",
    "9223372036854775808, ns, ts_out_of_range",
    "1.5, ms, ts_out_of_range",
    "1e3, ms, ts_out_of_range",
    "\"1754000000000\", ms, bad_timestamp",
    "\"1969-12-31T23:59:59Z\", ms, ts_out_of_range",
    "\"2262-04-12T00:00:00Z\", ms, ts_out_of_range",
    "\"9999-12-31T00:00:00Z\", ms, ts_out_of_range",
    "\"infinity\", ms, bad_timestamp",
    "\"-infinity\", ms, bad_timestamp",
    "\"now\", ms, bad_timestamp",
    "\"2024-02-30T00:00:00Z\", ms, bad_timestamp",
    "\"2024-02-01T00:00:61Z\", ms, bad_timestamp",
    "\"2024-02-01T24:00:00Z\", ms, bad_timestamp",
    "\"2024-02-01T00:00:00\", ms, bad_timestamp",
    "\"2024-02-01\", ms, bad_timestamp",
    "null, ms, missing_field",
    "true, ms, bad_timestamp"
  })
  void refusesATimeThatIsNoneAndMakesNoChunk(String ts, String unit, String code) {
    long chunks = chunks();
    String row = "{\"ts\":%s,\"price\":1,\"size\":1}".formatted(ts);
    refuses(post("/v1/trades", ",\"unit\":\"" + unit + "\"", row), "ts", code);
    assertThat(chunks()).isEqualTo(chunks);
  }

  private static long chunks() {
    return database.number(
        "select count(*) from timescaledb_information.chunks where hypertable_name = 'trades'");
  }

  @ParameterizedTest
  @CsvSource({
    "1722470400, s, 1722470400000000",
    "1722470400123, ms, 1722470400123000",
    "1722470400123456, us, 1722470400123456",
    "1722470400123456999, ns, 1722470400123456",
    "\"2024-08-01T00:00:00Z\", ms, 1722470400000000",
    "\"2024-08-01T14:00:00+14:00\", ms, 1722470400000000",
    "\"2024-07-31T18:30:00.123456789-05:30\", s, 1722470400123456",
    "\"2024-08-01t00:00:00z\", ms, 1722470400000000",
    "\"2024-08-01 00:00:00Z\", ms, 1722470400000000",
    "5097600000, ms, 5097600000000"
  })
  void keepsATimeToTheMicrosecond(String ts, String unit, long micros) {
    String row = "{\"ts\":%s,\"price\":1,\"size\":1,\"id\":1}".formatted(ts);
    assertThat(post("/v1/trades", ",\"unit\":\"" + unit + "\"", row).statusCode()).isEqualTo(200);
    assertThat(
            database.number(
                "select (extract(epoch from ts) * 1000000)::bigint from market.trades join"
                    + " market.instruments on id = instrument_id where symbol = '%s'"
                        .formatted(symbol)))
        .isEqualTo(micros);
  }

  @Test
  void takesATimeADayAheadAndNoMore() {
    long now = System.currentTimeMillis();
    String row = "{\"ts\":%d,\"price\":1,\"size\":1}";
    assertThat(post(row.formatted(now + 23 * 3_600_000L)).statusCode()).isEqualTo(200);
    refuses(post(row.formatted(now + 25 * 3_600_000L)), "ts", "ts_out_of_range");
  }

  // Experiment 39.

  static String[] naughtySymbols() {
    return new String[] {
      "",
      " ",
      "-",
      "../../etc/passwd",
      "'; DROP TABLE market.trades; --",
      "=cmd|' /C calc'!A0",
      "@SUM(1+1)",
      "+1",
      "\\r\\nSet-Cookie: a=b",
      "BTC\\nUSDT",
      "BTC\\tUSDT",
      "\\\\N",
      "\\\\.",
      "\\u001b[31mred",
      "\\u202eUSDT",
      "\\u0000",
      "BTC\\u0000",
      "\\ud800",
      "\\ufeffBTC",
      "😍",
      "<script>alert(1)</script>",
      "%s%s%n",
      "${jndi:ldap://127.0.0.1/a}",
      "{{7*7}}",
      "BTC,USDT",
      "BTC\\\"USDT",
      "null\\u200b",
      "x".repeat(65),
      "x".repeat(60_000)
    };
  }

  @ParameterizedTest
  @MethodSource("naughtySymbols")
  void refusesASymbolOfOtherCharacters(String naughty) {
    String row =
        "{\"ts\":%d,\"price\":1,\"size\":1,\"symbol\":\"%s\"}".formatted(HOUR_AGO, naughty);
    HttpResponse<String> answer = post(row);
    assertThat(answer.body()).hasSizeLessThan(1_000);
    if (answer.statusCode() == 400) {
      assertThat(naughty).startsWith("\\ud8");
    } else {
      refuses(answer, "symbol", "bad_symbol");
    }
    assertThat(server.output()).noneMatch(line -> line.contains("\u001b[31m"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BTCUSDT",
        "btcusdt",
        "ES=F",
        "BRK.B",
        "BTC/USD",
        "XBT:PERP",
        "SPX 4500C",
        "CL_Z5",
        "EUR+USD",
        "ÅÍÎ",
        "社會科學",
        "B̴T̴C̴",
        "null",
        "NaN",
        "true",
        "0",
        "CON",
        "undefined",
        "select"
      })
  void givesAPlainSymbolBackUnchanged(String plain) {
    String own = plain + symbol.substring(1);
    String row = "{\"ts\":%d,\"price\":1,\"size\":1,\"symbol\":\"%s\"}".formatted(HOUR_AGO, own);
    assertThat(post(row).statusCode()).isEqualTo(200);
    assertThat(
            database.number(
                "select count(*) from market.instruments where symbol = '%s'".formatted(own)))
        .isEqualTo(1);
  }

  @Test
  void aTextIdMayHoldAnythingAndMakesNoMetric() {
    post("{\"ts\":%d,\"price\":1,\"size\":1,\"id\":\"a\"}".formatted(HOUR_AGO));
    series();
    long series = series();
    for (String id : new String[] {"\\u0000", "'; --", "\\ud83d\\ude00", "\\\\N", "x".repeat(64)}) {
      String row = "{\"ts\":%d,\"price\":1,\"size\":1,\"id\":\"%s\"}".formatted(HOUR_AGO, id);
      assertThat(post(row).statusCode()).as(id).isEqualTo(200);
    }
    assertThat(series()).isEqualTo(series);
  }

  private static long series() {
    server.post("/v1/trades", "{}");
    return server.get("/metrics").body().lines().filter(line -> !line.startsWith("#")).count();
  }

  @Test
  void refusesAnIdThatIsTooLong() {
    String row =
        "{\"ts\":%d,\"price\":1,\"size\":1,\"id\":\"%s\"}".formatted(HOUR_AGO, "x".repeat(65));
    refuses(post(row), "id", "bad_type");
  }
}
