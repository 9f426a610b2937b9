package dev.candlewick.server.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of feature sets against {@code GET /v1/indicators}. */
class FeatureSetsIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final String FEATURES =
      "rsi(14),ema(20),return(1),macd(12,26,9),bbands(20,2),psar";
  private static int sets;

  private final String set = "set_" + System.nanoTime() + "_" + sets++;
  private RunningServer server;

  @BeforeEach
  void start() {
    DATABASE.clear();
    server = RunningServer.with(Map.of());
    DATABASE.execute(
        "insert into market.instruments (id, venue, symbol) overriding system value"
            + " values (80, 'binance', 'BTCUSDT')");
    DATABASE.execute(
        """
        insert into market.candles_1m
        select 80, ts, p, p + 1 + n % 3, p - 1 - n % 2, p + (n % 5) - 2, 1 + n % 7, p, 1, null, 1
        from (select n, date_trunc('minute', now()) - n * interval '1 minute' as ts,
                2000 + (100 * sin(n / 97.0) + 9 * cos(n / 31.0))::int as p
              from generate_series(3, 20000) n where n % 11 <> 3) m
        """);
    DATABASE.execute(
        "insert into ingest.dirty (level, bucket, ids) select 300, ts, array[80] from"
            + " market.candles_1m");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private JsonObject put(String version, String timeframe, int status) {
    JsonArray features = new JsonArray();
    for (String feature : FEATURES.split(",(?![0-9])", -1)) {
      features.add(feature);
    }
    JsonObject body =
        new JsonObject()
            .put("version", version)
            .put("timeframe", timeframe)
            .put("instruments", new JsonArray().add(new JsonObject().put("venue", "binance")))
            .put("features", features);
    HttpResponse<String> answer =
        server.send(
            "PUT", "/v1/feature-sets/" + set, body.encode(), "Content-Type", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new JsonObject(answer.body());
  }

  private static void until(String what, Duration most, BooleanSupplier holds) {
    long deadline = System.nanoTime() + most.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean complete() {
    JsonObject kept = new JsonObject(server.send("GET", "/v1/feature-sets/" + set, "").body());
    return kept.getJsonObject("progress").getString("state").equals("complete");
  }

  private Map<Long, JsonObject> rows(String version) {
    Map<Long, JsonObject> rows = new TreeMap<>();
    String all =
        DATABASE.text(
            "select coalesce(json_agg(r), '[]') from record.%s r where feature_version = '%s'"
                .formatted(set, version));
    for (Object row : new JsonArray(all)) {
      JsonObject one = (JsonObject) row;
      String ts = one.getString("ts").replace("+00:00", "Z");
      rows.put(Instant.parse(ts).toEpochMilli(), one);
    }
    return rows;
  }

  /** The rows are those of closed candles, each value the query's; completeness the part there. */
  private boolean equalQuery(String version, String timeframe) {
    Map<Long, JsonObject> rows = rows(version);
    String cursor = "";
    int seen = 0;
    while (cursor != null) {
      JsonObject page =
          new JsonObject(
              server
                  .send(
                      "GET",
                      "/v1/indicators?venue=binance&symbol=BTCUSDT&state=closed&limit=10000&from=0&timeframe="
                          + timeframe
                          + "&indicators="
                          + FEATURES
                          + cursor,
                      "")
                  .body());
      for (Object one : page.getJsonArray("rows")) {
        JsonObject asked = (JsonObject) one;
        JsonObject row = rows.get(asked.getLong("ts"));
        if (row == null) {
          return false;
        }
        seen++;
        int there = 0;
        int all = 0;
        for (String column : asked.fieldNames()) {
          if (!column.matches("ts|close|closed")) {
            String name = column.replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
            all++;
            there += asked.getValue(column) == null ? 0 : 1;
            Double told = row.getDouble(name);
            Double value = asked.getDouble(column);
            if (told == null ? value != null : !told.equals(value)) {
              return false;
            }
          }
        }
        assertThat(row.getDouble("completeness")).isEqualTo((double) there / all);
      }
      String next = page.getString("next_cursor");
      cursor = next == null ? null : "&cursor=" + next;
    }
    return seen == rows.size() && seen > 0;
  }

  private void lateTrade(Duration ago, double price) {
    long ts = System.currentTimeMillis() - ago.toMillis();
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/trades",
            "{\"venue\":\"binance\",\"symbol\":\"BTCUSDT\",\"rows\":[{\"ts\":%d,\"price\":%s,\"size\":1,\"id\":%d}]}"
                .formatted(ts, price, ts),
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void rowsAreWhatTheQueryAnswersAndStaySo() {
    put("1", "15m", 201);
    until("filled in", Duration.ofSeconds(60), () -> complete());
    assertThat(equalQuery("1", "15m")).isTrue();
    lateTrade(Duration.ofDays(3), 9_000);
    until("corrected", Duration.ofSeconds(20), () -> equalQuery("1", "15m") && isSeen("9000"));
  }

  @Test
  void aCandleWhoseOnlyTradeIsCancelledTakesItsRowWithIt() {
    DATABASE.execute("truncate market.candles_1m, ingest.dirty");
    put("1", "15m", 201);
    lateTrade(Duration.ofDays(3), 9_004);
    lateTrade(Duration.ofDays(2), 9_005);
    lateTrade(Duration.ofDays(1), 9_006);
    until("kept", Duration.ofSeconds(20), () -> rows("1").size() == 3 && equalQuery("1", "15m"));
    cancel("price in (9004, 9006)");
    until("taken away", Duration.ofSeconds(20), () -> equalQuery("1", "15m"));
    assertThat(rows("1")).hasSize(1);
    assertThat(server.send("GET", "/v1/records/" + set + "?latest=true", "").body())
        .contains("\"ts\":" + rows("1").keySet().iterator().next());
  }

  private void cancel(String which) {
    String rows =
        DATABASE.text(
            "select json_agg(json_build_object('ts', trade_id, 'id', trade_id, 'action', 'cancel'))"
                + " from market.trades where "
                + which);
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/trades",
            "{\"venue\":\"binance\",\"symbol\":\"BTCUSDT\",\"rows\":" + rows + "}",
            "Content-Type",
            "application/json");
    assertThat(new JsonObject(answer.body()).getInteger("updated")).as(answer.body()).isEqualTo(2);
  }

  /** More instruments than are filled in at a time. */
  @Test
  void progressIsOverAllInstrumentsAndBeginsAnewWithAVersion() {
    DATABASE.execute(
        """
        insert into market.instruments (id, venue, symbol) overriding system value
        select id, 'binance', 'S' || id from generate_series(81, 110) id;
        insert into market.candles_1m
        select id, date_trunc('day', now()) - interval '1 day', 1, 2, 1, 1, 1, 1, 1, null, 1
        from generate_series(81, 110) id;
        insert into ingest.dirty (level, bucket, ids)
        select 300, date_trunc('day', now()) - interval '1 day', array_agg(id)
        from generate_series(81, 110) id
        """);
    for (String version : List.of("1", "2")) {
      JsonObject made = put(version, "4h", version.equals("1") ? 201 : 200);
      assertThat(made.getJsonObject("progress").getString("state")).isEqualTo("filling");
      assertThat(made.getJsonObject("progress").getDouble("done")).isZero();
      until("filled in", Duration.ofSeconds(60), this::complete);
      assertThat(
              DATABASE.text(
                  "select count(distinct _instrument_id) from record.%s where feature_version = '%s'"
                      .formatted(set, version)))
          .isEqualTo("31");
    }
  }

  @Test
  void anOldVersionStaysUntilItIsDropped() {
    put("1", "4h", 201);
    until("filled in", Duration.ofSeconds(30), this::complete);
    int old = rows("1").size();
    put("2", "4h", 200);
    until("filled in", Duration.ofSeconds(30), () -> complete() && rows("2").size() == old);
    assertThat(rows("1")).hasSize(old);
    String metrics = server.send("GET", "/metrics", "").body();
    assertThat(metrics)
        .contains("candlewick_features_jobs{of=\"set\"}", "candlewick_features_lag_seconds ")
        .contains("candlewick_features_progress{of=\"plan\"} 1.0");
    String versions = "/v1/feature-sets/" + set + "/versions/";
    assertThat(server.send("DELETE", versions + "2", "").statusCode()).isEqualTo(409);
    assertThat(server.send("DELETE", versions + "1", "").body()).contains("\"dropped\":" + old);
    assertThat(server.send("DELETE", versions + "1", "").body()).contains("\"dropped\":0");
    assertThat(rows("1")).isEmpty();
    assertThat(rows("2")).hasSize(old);
    assertThat(server.send("GET", "/v1/records/" + set + "?latest=true", "").body())
        .contains("\"feature_version\":\"2\"")
        .doesNotContain("\"feature_version\":\"1\"");
    assertThat(server.send("DELETE", "/v1/feature-sets/none/versions/1", "").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aCandleIsKeptOnceItIsClosed() {
    put("1", "1m", 201);
    until("filled in", Duration.ofSeconds(60), () -> complete());
    lateTrade(Duration.ZERO, 9_002);
    long minute = System.currentTimeMillis() / 60_000 * 60_000;
    assertThat(rows("1")).doesNotContainKey(minute);
    lateTrade(Duration.ofMinutes(2), 9_003);
    // The next minute may have begun in between.
    until(
        "closed",
        Duration.ofSeconds(20),
        () -> rows("1").containsKey(minute - 120_000) || rows("1").containsKey(minute - 60_000));
  }

  /** The latest ones, and one of many windows before them. */
  @Test
  void theAuditFindsRowsThatAreNotWhatTheyComeTo() {
    // Without marks a range of minutes takes one statement.
    DATABASE.execute(
        "delete from ingest.dirty; delete from market.candles_1m where ts < now() - interval '3"
            + " days'");
    put("1", "7m", 201);
    until("filled in", Duration.ofSeconds(60), () -> complete());
    JsonObject sound = audited();
    assertThat(sound.getString("status")).as(sound.encode()).isEqualTo("pass");
    assertThat(sound.getInteger("looked_at")).isGreaterThan(400);
    DATABASE.execute(
        ("update record.%1$s set completeness = 0.25 where ts = (select max(ts) from record.%1$s);"
                + " delete from record.%1$s where ts = (select max(ts) from record.%1$s where"
                + " completeness <> 0.25);"
                + " update record.%1$s set completeness = 0.5 where ts ="
                + " (select ts from record.%1$s order by ts offset 250 limit 1)")
            .formatted(set));
    JsonObject check = audited();
    assertThat(check.getInteger("failures")).as(check.encode()).isEqualTo(3);
    assertThat(check.getString("status")).isEqualTo("fail");
    assertThat(details(check))
        .containsExactly(
            "row of " + set + ": completeness is 0.5 instead of 1",
            "row of " + set + ": is missing",
            "row of " + set + ": completeness is 0.25 instead of 1");
  }

  private static List<String> details(JsonObject check) {
    return check.getJsonArray("examples").stream()
        .map(example -> ((JsonObject) example).getString("detail"))
        .toList();
  }

  private JsonObject audited() {
    Instant from = Instant.now().minus(Duration.ofDays(4));
    return new JsonObject(server.send("GET", "/v1/audit?venue=binance&from=" + from, "").body())
        .getJsonArray("checks").stream()
            .map(JsonObject.class::cast)
            .filter(one -> one.getString("name").equals("features_against_recomputation"))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void daysBefore1970AreFilledInToo() {
    HttpResponse<String> answer =
        server.send(
            "POST",
            "/v1/candles",
            "{\"venue\":\"binance\",\"symbol\":\"OLD\",\"timeframe\":\"1d\",\"rows\":[{\"ts\":"
                + "\"1950-05-02T00:00:00Z\",\"open\":1,\"high\":1,\"low\":1,\"close\":1,\"volume\":1}]}",
            "Content-Type",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    put("1", "1d", 201);
    long day = Instant.parse("1950-05-02T00:00:00Z").toEpochMilli();
    until("filled in", Duration.ofSeconds(60), () -> rows("1").containsKey(day));
  }

  private boolean isSeen(String high) {
    return !DATABASE
        .text("select count(*) from market.candles_1m where high = " + high)
        .equals("0");
  }

  @Test
  void anotherInstanceGoesOnAndRowsOfAnEarlierVersionStay() {
    put("1", "1h", 201);
    until("filled in", Duration.ofSeconds(60), () -> complete());
    try (RunningServer other = RunningServer.with(Map.of())) {
      server.close();
      server = other;
      lateTrade(Duration.ofDays(2), 9_001);
      until("taken over", Duration.ofSeconds(20), () -> isSeen("9001") && equalQuery("1", "1h"));
      put("2", "1h", 200);
      until("filled in", Duration.ofSeconds(60), () -> complete() && equalQuery("2", "1h"));
      assertThat(rows("1")).hasSameSizeAs(rows("2"));
    }
  }
}
