package dev.candlewick.server.candle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The venue's own daily candles: from its own midnight, and from long ago. */
class NativeDaysIT {
  private static RunningServer server;

  private String symbol;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void nameASymbol() {
    symbol = "D" + UUID.randomUUID().toString().substring(0, 8);
  }

  private void setTimezone(String zone) {
    HttpResponse<String> answer =
        server.send(
            "PUT",
            "/v1/instruments/v/" + symbol,
            new JsonObject().put("timezone", zone).encode(),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static JsonObject candle(String timeframe, String ts, double price) {
    return new JsonObject()
        .put("ts", ts)
        .put("timeframe", timeframe)
        .put("open", price)
        .put("high", price)
        .put("low", price)
        .put("close", price)
        .put("volume", 1);
  }

  private HttpResponse<String> post(JsonObject... rows) {
    return post("candles", rows);
  }

  private HttpResponse<String> post(String kind, JsonObject... rows) {
    JsonObject body =
        new JsonObject()
            .put("venue", "v")
            .put("symbol", symbol)
            .put("rows", new JsonArray(List.of(rows)));
    return server.send("POST", "/v1/" + kind, body.encode(), "Content-Type", "application/json");
  }

  private void written(JsonObject... rows) {
    HttpResponse<String> answer = post(rows);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private List<String> read(String timeframe, String more) {
    String path = "/v1/candles?venue=v&unit=iso&symbol=" + symbol + "&timeframe=" + timeframe;
    HttpResponse<String> answer = server.send("GET", path + more, "");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return new JsonObject(answer.body())
        .getJsonArray("candles").stream()
            .map(JsonObject.class::cast)
            .map(row -> row.getString("ts") + " " + row.getValue("close"))
            .toList();
  }

  @Test
  void daysOfTheVenuesZoneAreThoseOfAQueryInThatZone() {
    setTimezone("America/New_York");
    written(
        candle("1d", "2026-03-06T05:00:00Z", 1),
        candle("1d", "2026-03-08T05:00:00Z", 2),
        candle("1d", "2026-03-09T04:00:00Z", 3),
        candle("1d", "2026-03-09T00:00:00Z", 4),
        candle("1w", "2026-03-09T04:00:00Z", 5),
        candle("1M", "2026-03-01T05:00:00Z", 6));
    String in = "&tz=America/New_York";
    assertThat(read("1d", in))
        .containsExactly(
            "2026-03-06T05:00:00Z 1", "2026-03-08T05:00:00Z 2", "2026-03-09T04:00:00Z 3");
    assertThat(read("1w", in)).containsExactly("2026-03-09T04:00:00Z 5");
    assertThat(read("1M", in)).containsExactly("2026-03-01T05:00:00Z 6");
    assertThat(read("1d", "")).containsExactly("2026-03-09T00:00:00Z 4");
    assertThat(read("1w", "")).isEmpty();
    assertThat(read("1d", "&tz=America/Toronto")).as("another zone, if of the same days").isEmpty();
    written(candle("1d", "2026-03-09T04:00:00Z", 7));
    assertThat(read("1d", in + "&from=2026-03-09")).containsExactly("2026-03-09T04:00:00Z 7");
  }

  @Test
  void theVenuesDayWinsOverItsMinutes() {
    setTimezone("America/New_York");
    written(
        candle("1m", "2026-11-24T04:59:00Z", 1),
        candle("1m", "2026-11-24T05:00:00Z", 2),
        candle("1m", "2026-11-25T04:59:00Z", 3),
        candle("1d", "2026-11-24T05:00:00Z", 9));
    assertThat(read("1d", "&tz=America/New_York"))
        .containsExactly("2026-11-23T05:00:00Z 1", "2026-11-24T05:00:00Z 9");
    assertThat(read("1d", "&tz=America/New_York&source=built")).isEmpty();
    assertThat(read("1d", "")).containsExactly("2026-11-24T00:00:00Z 2", "2026-11-25T00:00:00Z 3");
  }

  @ParameterizedTest
  @CsvSource({
    "1d, 2026-03-09T05:00:00Z, 2026-03-09T00:00:00Z, 2026-03-09T04:00:00Z, summer time began",
    "1d, 2026-03-09T03:00:01Z, 2026-03-09T00:00:00Z, 2026-03-08T05:00:00Z, the day before there",
    "1w, 2026-03-10T04:00:00Z, 2026-03-09T00:00:00Z, 2026-03-09T04:00:00Z, a Tuesday",
    "1M, 2026-03-02T05:00:00Z, 2026-03-01T00:00:00Z, 2026-03-01T05:00:00Z, the second day",
    "3M, 2026-03-01T05:00:00Z, 2026-01-01T00:00:00Z, 2026-01-01T05:00:00Z, the third month"
  })
  void refusesWhatBeginsAtNoMidnightAndSaysWhichDoes(
      String timeframe, String ts, String utc, String there, String why) {
    setTimezone("America/New_York");
    assertThat(refused(timeframe, ts, "misaligned_ts").getString("detail"))
        .as(why)
        .isEqualTo(
            "not the open time of a %s candle: that is %s, or %s in America/New_York"
                .formatted(timeframe, utc, there));
  }

  @Test
  void takesOnlyUtcForWhatIsShorterThanADay() {
    setTimezone("America/New_York");
    refused("4h", "2026-03-09T05:00:00Z", "misaligned_ts");
  }

  @ParameterizedTest
  @CsvSource({"1w, 2026-03-10, 2026-03-09", "1M, 2026-03-02, 2026-03-01"})
  void saysWhichMidnightIsTheFirst(String timeframe, String date, String day) {
    assertThat(refused(timeframe, date + "T00:00:00Z", "misaligned_ts").getString("detail"))
        .isEqualTo(
            "not the open time of a %s candle: that is %sT00:00:00Z; the instrument has no timezone"
                .formatted(timeframe, day));
  }

  @Test
  void refusesAnotherMidnightThanUtcWhereNoZoneIsKnownAndLeavesNothing() {
    refused("1d", "2026-03-09T04:00:00Z", "misaligned_ts");
    assertThat(server.send("GET", "/v1/instruments/v/" + symbol, "").statusCode()).isEqualTo(404);
  }

  private JsonObject refused(String timeframe, Object ts, String code) {
    return refused(post(candle(timeframe, "", 1).put("ts", ts)), code);
  }

  private static JsonObject refused(HttpResponse<String> answer, String code) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(422);
    JsonObject rejected = new JsonObject(answer.body()).getJsonArray("rejected").getJsonObject(0);
    assertThat(rejected.getString("field")).isEqualTo("ts");
    assertThat(rejected.getString("code")).isEqualTo(code);
    return rejected;
  }

  @Test
  void takesDaysFrom1800On() {
    List<JsonObject> rows = new ArrayList<>();
    for (int year = 1927; year < 2026; year++) {
      rows.add(candle("1d", LocalDate.of(year, 12, 30) + "T00:00:00Z", year));
    }
    written(rows.toArray(new JsonObject[0]));
    written(candle("1d", "1800-01-01T00:00:00Z", 1800), candle("1M", "1969-12-01T00:00:00Z", 5));
    assertThat(read("1d", "")).hasSize(100).startsWith("1800-01-01T00:00:00Z 1800");
    assertThat(read("1d", "&from=1927-12-30&to=1929-01-01"))
        .containsExactly("1927-12-30T00:00:00Z 1927", "1928-12-30T00:00:00Z 1928");
    assertThat(read("1d", "&from=-1325635200000&limit=1"))
        .containsExactly("1927-12-30T00:00:00Z 1927");
    assertThat(read("1d", "&order=desc&limit=2&to=1970-01-01"))
        .containsExactly("1969-12-30T00:00:00Z 1969", "1968-12-30T00:00:00Z 1968");
    assertThat(read("1M", "&source=native")).containsExactly("1969-12-01T00:00:00Z 5");
    refused("1d", "1799-12-31T00:00:00Z", "ts_out_of_range");
  }

  @Test
  void aWrongUnitIsOutOfRangeAndNamed() {
    assertThat(refused("1h", 1_795_903_200L, "ts_out_of_range").getString("detail"))
        .isEqualTo("read in the unit ms it lies before 1970-03-01");
    JsonObject trade = new JsonObject().put("price", 1).put("size", 1).put("ts", 1_795_903_200L);
    refused(post("trades", trade), "ts_out_of_range");
    JsonObject quote = new JsonObject().put("bid", 1).put("ts", 1_795_903_200_000_000L);
    assertThat(refused(post("quotes", quote), "ts_out_of_range").getString("detail"))
        .isEqualTo("read in the unit ms it lies more than 1 day in the future");
    assertThat(refused("1h", "1969-07-20T20:00:00Z", "ts_out_of_range").getString("detail"))
        .isEqualTo("before 1970-03-01");
  }
}
