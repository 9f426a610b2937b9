package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.ServerProcess;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Thanksgiving of 2024 in New York: a holiday on Thursday and trading until 13:00 on Friday. Every
 * column was worked out by hand.
 */
class HalfDayIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private static final String PLAN =
      """
      {"timezone":"America/New_York","instruments":[{"venue":"ARCX"}],
       "sessions":[{"name":"whole","from":"00:00","to":"24:00"},{"name":"pre","from":"04:00","to":"09:30"},
                   {"name":"rth","from":"09:30","to":"16:00"},{"name":"noon","from":"13:00","to":"16:00"}],
       "opening_ranges":[{"name":"orb_0930","at":"09:30","minutes":5,"until":"16:00"},
                         {"name":"orb_1255","at":"12:55","minutes":5,"until":"24:00"},
                         {"name":"orb_1300","at":"13:00","minutes":30}],
       "travel":[{"name":"lunch","from":"12:00","to":"14:00"}],
       "daily":["sma(2)","tr()","mom(1)"]}
      """;

  private static JsonObject candle(
      String time, double open, double high, double low, double close, int volume) {
    return new JsonObject()
        .put("ts", LocalDateTime.parse(time).atZone(NEW_YORK).toInstant().toEpochMilli())
        .put("open", open)
        .put("high", high)
        .put("low", low)
        .put("close", close)
        .put("volume", volume);
  }

  private static final JsonObject WEDNESDAY =
      row(
          "2024-11-27",
          null,
          null,
          null,
          null,
          session("whole", 97.0, 99.0, 96.0, 98.0, 4.0),
          none("pre"),
          session("rth", 97.0, 99.0, 96.0, 98.0, 3.0),
          session("noon", 97.0, 99.0, 97.0, 98.0, 2.0),
          range("orb_0930", 98.0, 96.0, 2.0, "none"),
          noRange("orb_1255"),
          noRange("orb_1300"));

  private static final JsonObject FRIDAY =
      row(
          "2024-11-29",
          4.5,
          98.25,
          5.0,
          0.5,
          session("whole", 99.5, 103.0, 98.0, 98.5, 53.0),
          session("pre", 99.5, 99.75, 99.25, 99.75, 3.0),
          session("rth", 100.0, 103.0, 98.0, 98.5, 50.0),
          none("noon"),
          range("orb_0930", 102.0, 99.0, 3.0, "up"),
          range("orb_1255", 102.5, 98.0, 4.5, "none"),
          noRange("orb_1300"));

  private static final JsonObject MONDAY =
      row(
          "2024-12-02",
          3.0,
          97.75,
          3.0,
          -1.5,
          session("whole", 99.0, 100.0, 97.0, 97.0, 7.0),
          none("pre"),
          session("rth", 99.0, 100.0, 97.0, 97.0, 7.0),
          session("noon", 99.0, 100.0, 97.0, 97.0, 7.0),
          noRange("orb_0930"),
          noRange("orb_1255"),
          range("orb_1300", 100.0, 98.0, 2.0, "down"));

  private static final JsonArray CANDLES =
      new JsonArray()
          // Wednesday, a whole day
          .add(candle("2024-11-27T09:30", 97, 98, 96, 97, 1))
          .add(candle("2024-11-27T15:59", 97, 99, 97, 98, 2))
          .add(candle("2024-11-27T23:59", 98, 98.5, 97.5, 98, 1))
          // Friday, until 13:00
          .add(candle("2024-11-29T08:00", 99.5, 99.75, 99.25, 99.75, 3))
          .add(candle("2024-11-29T09:30", 100, 101, 99, 100.5, 10))
          .add(candle("2024-11-29T09:34", 100.5, 102, 100, 101, 20))
          .add(candle("2024-11-29T09:35", 101, 101.5, 100.5, 101.5, 5))
          .add(candle("2024-11-29T10:00", 101.5, 103, 101, 102.5, 7))
          .add(candle("2024-11-29T12:59", 102.5, 102.5, 98, 98.5, 8))
          // Monday, opened late
          .add(candle("2024-12-02T13:00", 99, 100, 98.5, 99.5, 4))
          .add(candle("2024-12-02T13:29", 99.5, 99.75, 98, 98.25, 1))
          .add(candle("2024-12-02T13:30", 98, 98, 97, 97, 2));

  private static JsonObject session(
      String name,
      @Nullable Object open,
      @Nullable Object high,
      @Nullable Object low,
      @Nullable Object close,
      @Nullable Object volume) {
    return new JsonObject()
        .put(name + "_open", open)
        .put(name + "_high", high)
        .put(name + "_low", low)
        .put(name + "_close", close)
        .put(name + "_volume", volume);
  }

  private static JsonObject range(
      String name,
      @Nullable Object high,
      @Nullable Object low,
      @Nullable Object size,
      @Nullable Object direction) {
    return new JsonObject()
        .put(name + "_high", high)
        .put(name + "_low", low)
        .put(name + "_size", size)
        .put(name + "_break_dir", direction);
  }

  private static JsonObject none(String session) {
    return session(session, null, null, null, null, null);
  }

  private static JsonObject noRange(String name) {
    return range(name, null, null, null, null);
  }

  private static JsonObject row(
      String date,
      @Nullable Object lunch,
      @Nullable Object sma,
      @Nullable Object tr,
      @Nullable Object mom,
      JsonObject... parts) {
    JsonObject row =
        new JsonObject()
            .put(
                "ts",
                LocalDateTime.parse(date + "T00:00").atZone(NEW_YORK).toInstant().toEpochMilli())
            .put("plan", "us")
            .put("venue", "ARCX")
            .put("symbol", "SPY")
            .put("date", date)
            .put("lunch", lunch)
            .put("sma_2", sma)
            .put("tr", tr)
            .put("mom_1", mom);
    for (JsonObject part : parts) {
      row.mergeIn(part);
    }
    return row;
  }

  private static JsonObject send(
      RunningServer server, String method, String path, String body, int status) {
    HttpResponse<String> answer =
        server.send(method, path, body, "Content-Type", "application/json");
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  @Test
  void aHolidayHasNoRowAndAHalfDayHasWhatIsThere() {
    DATABASE.clear();
    try (RunningServer server = RunningServer.with(Map.of("RETENTION_CANDLES_1M", "none"))) {
      JsonObject candles =
          new JsonObject()
              .put("venue", "ARCX")
              .put("symbol", "SPY")
              .put("timeframe", "1m")
              .put("rows", CANDLES);
      send(server, "POST", "/v1/candles", candles.encode(), 200);
      send(server, "PUT", "/v1/plans/us", PLAN, 201);
      ServerProcess.await(
          "the plan is filled in",
          Duration.ofSeconds(60),
          () ->
              send(server, "GET", "/v1/plans/us", "", 200)
                  .getJsonObject("progress")
                  .getString("state")
                  .equals("complete"));
      JsonObject answer =
          send(
              server,
              "GET",
              "/v1/records/daily_features?plan=us&from=2024-11-01T00:00:00Z",
              "",
              200);
      List<JsonObject> rows =
          answer.getJsonArray("rows").stream().map(row -> of((JsonObject) row)).toList();
      assertThat(rows).containsExactly(WEDNESDAY, FRIDAY, MONDAY);
    }
  }

  /** Without the columns of other plans that tests declare, which are null. */
  private static JsonObject of(JsonObject row) {
    row.fieldNames().removeIf(name -> !WEDNESDAY.containsKey(name) && row.getValue(name) == null);
    return row;
  }
}
