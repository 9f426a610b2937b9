package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Candles in a topic of a real broker: each told once, and together what GET answers. */
class CandleTopicIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static final List<String> TIMEFRAMES = List.of("1m", "5m", "15m", "1h", "4h", "1d");

  /** 2026-01-01T00:00:00Z. */
  private static final long DAY = 1_767_225_600_000L;

  private static int topics;

  private String topic;

  @BeforeEach
  void aTopicOfItsOwn() {
    DATABASE.clear();
    topic = "candles-" + ++topics;
    BROKER.create(topic, 2, Map.of());
  }

  /** One that has begun to tell: what was committed before that is not told. */
  private RunningServer server() {
    RunningServer server =
        RunningServer.with(
            Map.of("KAFKA_BOOTSTRAP", BROKER.bootstrap(), "KAFKA_CANDLES_TOPIC", topic));
    ServerProcess.await(
        "a beginning",
        Duration.ofSeconds(60),
        () -> DATABASE.number("select count(*) from ingest.candle_topic") == 1);
    return server;
  }

  private static void post(RunningServer server, String symbol, String... rows) {
    HttpResponse<String> answer =
        server.post(
            "/v1/trades",
            "{\"venue\":\"out\",\"symbol\":\"%s\",\"rows\":[%s]}"
                .formatted(symbol, String.join(",", rows)));
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static String trade(long minute, long id) {
    return "{\"ts\":%d,\"price\":%d.5,\"size\":\"0.1\",\"id\":%d}"
        .formatted(DAY + minute * 60_000 + id % 1_000, 100 + id % 7, id);
  }

  /** What the topic says, the last row of a candle winning, by key and time. */
  private TreeMap<String, JsonObject> replayed() {
    TreeMap<String, JsonObject> rows = new TreeMap<>();
    for (String message : BROKER.committed(topic)) {
      JsonObject row = new JsonObject(message.substring(message.indexOf(' ') + 1));
      String key = row.remove("venue") + ":" + row.remove("symbol") + ":" + row.remove("timeframe");
      assertThat(message).startsWith(key + " ");
      if (row.containsKey("filled")) {
        rows.remove(key + " " + row.getLong("ts"));
      } else {
        rows.put(key + " " + row.getLong("ts"), row);
      }
    }
    return rows;
  }

  private static TreeMap<String, JsonObject> answered(RunningServer server, String... symbols) {
    TreeMap<String, JsonObject> rows = new TreeMap<>();
    for (String symbol : symbols) {
      for (String timeframe : TIMEFRAMES) {
        String path = "/v1/candles?venue=out&state=closed&symbol=" + symbol + "&timeframe=";
        JsonObject answer =
            new JsonObject(server.get(path + timeframe + "&from=" + DAY + "&limit=5000").body());
        for (Object row : answer.getJsonArray("candles", new JsonArray())) {
          JsonObject candle = (JsonObject) row;
          rows.put("out:" + symbol + ":" + timeframe + " " + candle.getLong("ts"), candle);
        }
      }
    }
    return rows;
  }

  private void awaitEqual(RunningServer server, String... symbols) {
    TreeMap<String, JsonObject> answered = answered(server, symbols);
    assertThat(answered).isNotEmpty();
    ServerProcess.await(
        "the topic says what GET answers",
        Duration.ofSeconds(60),
        () -> replayed().equals(answered));
  }

  private void assertEachToldOnce() {
    List<String> told = BROKER.committed(topic);
    assertThat(told).doesNotHaveDuplicates();
  }

  @Test
  void tellsClosedCandlesOnceAndAgainWhenTheyAreAmended() {
    try (RunningServer server = server()) {
      post(server, "A", trade(1, 1), trade(1, 2), trade(2, 3), trade(700, 4));
      post(server, "B", trade(5, 5));
      awaitEqual(server, "A", "B");
      post(server, "A", trade(1, 6));
      awaitEqual(server, "A", "B");
      String cancel = "{\"action\":\"cancel\",\"ts\":%d,\"id\":4}".formatted(DAY + 42_000_004L);
      post(server, "A", cancel);
      awaitEqual(server, "A", "B");
      // What the roll-up moves does not change: nothing is told of it.
      ServerProcess.await(
          "all is rolled up",
          Duration.ofSeconds(60),
          () -> DATABASE.number("select count(*) from ingest.dirty where level <= 60") == 0);
      ServerProcess.await(
          "nothing that has ended is due",
          Duration.ofSeconds(60),
          () ->
              DATABASE.number(
                      "select count(*) from ingest.candles_out where due and ts + timeframe <="
                          + " extract(epoch from now())")
                  == 0);
      assertThat(replayed()).isEqualTo(answered(server, "A", "B"));
      assertEachToldOnce();
      assertThat(server.get("/metrics").body())
          .containsPattern("candlewick_kafka_candles_told_total [1-9]");
    }
  }

  @Test
  void tellsOnceWhateverInstanceStopsAndWhenTheBrokerWasAway() {
    try (RunningServer second = server()) {
      try (RunningServer first = server()) {
        for (int i = 0; i < 40; i++) {
          post(i % 2 == 0 ? first : second, "A", trade(i, i));
        }
      }
      BROKER.kill();
      for (int i = 40; i < 60; i++) {
        post(second, "A", trade(i % 50, i));
      }
      BROKER.start();
      awaitEqual(second, "A");
    }
    assertEachToldOnce();
  }

  /** Ids whose differences take ten bytes each. */
  private static void postMany(RunningServer server, int first) {
    String[] rows = new String[6_000];
    for (int i = 0; i < rows.length; i++) {
      long ts = DAY + (first + i) % 900 * 60_000L + i;
      long id = (first + i) * (i % 2 == 0 ? 200_000_000_000_000L : -200_000_000_000_000L);
      rows[i] = "{\"ts\":%d,\"price\":%d,\"size\":1,\"id\":%d}".formatted(ts, 1 + i % 90, id);
    }
    post(server, "A", rows);
  }

  @Test
  void tellsWhatWasCommittedWhileItWasAwayInPartsOfTheJournal() {
    server().close();
    long parts;
    try (RunningServer other = RunningServer.with(Map.of())) {
      for (int first = 1; first < 60_000; first += 6_000) {
        postMany(other, first);
      }
      post(other, "B", trade(3, 1));
      parts =
          DATABASE.number(
              """
              select sum(pg_column_size(keys)) / 262144 from ingest.changes
              where not pg_visible_in_snapshot(xid, (select moment::pg_snapshot from ingest.candle_topic))
              """);
    }
    assertThat(parts).as("more than a part").isGreaterThan(1);
    try (RunningServer server = server()) {
      awaitEqual(server, "A", "B");
    }
    assertEachToldOnce();
  }

  @Test
  void whoGoesOnTellsWhatWasNotedAndNotSentAndNothingElse() {
    try (RunningServer first = server()) {
      post(first, "A", trade(1, 1), trade(2, 2), trade(3, 3));
      awaitEqual(first, "A");
    }
    int before = BROKER.committed(topic).size();
    // As if it had ended after the transaction, and before it wrote down that it did.
    DATABASE.execute("update ingest.candle_topic set told = 0");
    try (RunningServer second = server()) {
      post(second, "A", trade(4, 4));
      awaitEqual(second, "A");
    }
    int told = BROKER.committed(topic).size();
    assertThat(told).as("the minute and what holds it").isBetween(before + 1, before + 6);
    assertEachToldOnce();
    // As if it had ended before the transaction.
    DATABASE.execute(
        "update ingest.candles_out set batch = 99 where timeframe = 60; update ingest.candle_topic"
            + " set batch = 99");
    try (RunningServer third = server()) {
      ServerProcess.await(
          "four minutes are told again",
          Duration.ofSeconds(60),
          () -> BROKER.committed(topic).size() == told + 4);
    }
  }
}
