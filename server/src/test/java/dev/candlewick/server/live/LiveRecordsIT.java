package dev.candlewick.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records are written at one server instance; subscriptions are at the other. */
class LiveRecordsIT {
  private static final long START = 1_767_225_600_000L;

  private static LiveInstance writer;
  private static LiveInstance reader;
  private static int kinds;

  private final String kind = "live_" + System.nanoTime() + "_" + kinds++;
  private LiveClient client;

  @BeforeAll
  static void start() {
    writer = new LiveInstance(LiveLimits.DEFAULT);
    // It must be told: no look of its own comes to help.
    reader = new LiveInstance(LiveLimits.DEFAULT, Duration.ofHours(1));
  }

  @AfterAll
  static void stop() {
    writer.close();
    reader.close();
  }

  @BeforeEach
  void connect() {
    client = new LiveClient(reader);
    declare("");
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private void declare(String more) {
    writer.request(
        "PUT",
        "/v1/kinds/" + kind,
        """
        {"kind":"%s","key":["bot","n"],"columns":[
          {"name":"bot","type":"text","required":true},
          {"name":"n","type":"integer","required":true},
          {"name":"venue","type":"venue"},{"name":"symbol","type":"symbol"},
          {"name":"status","type":"text"},{"name":"price","type":"decimal"}%s]}
        """
            .formatted(kind, more));
  }

  private static JsonObject row(long ts, String bot, int n, String status) {
    return new JsonObject()
        .put("ts", START + ts)
        .put("bot", bot)
        .put("n", n)
        .put("venue", "test")
        .put("symbol", n % 2 == 0 ? "EVEN" : "ODD")
        .put("status", status);
  }

  private void write(JsonObject... rows) {
    JsonObject body = new JsonObject().put("rows", new JsonArray(List.of(rows)));
    writer.request("POST", "/v1/records/" + kind, body.encode());
  }

  private void subscribe(long id, String more) {
    client.send(
        "{\"t\":\"subscribe\",\"id\":%d,\"channel\":\"records\",\"kind\":\"%s\"%s}"
            .formatted(id, kind, more));
    client.await(message -> "live".equals(message.getString("t")) && message.getLong("id") == id);
  }

  private static String identity(JsonObject row) {
    return row.getString("bot") + " " + row.getInteger("n");
  }

  /** What was told, the last row of each identity, as far as it still passes. */
  private Map<String, JsonObject> state(long id, boolean latest, Predicate<JsonObject> passes) {
    Map<String, JsonObject> state = new TreeMap<>();
    for (JsonObject row : client.rows(id)) {
      state.put(identity(row) + (latest ? "" : " " + row.getLong("ts")), row);
    }
    state.values().removeIf(passes.negate());
    return state;
  }

  private Map<String, JsonObject> query(String more, boolean latest) {
    Map<String, JsonObject> rows = new TreeMap<>();
    JsonArray found =
        writer
            .request("GET", "/v1/records/" + kind + "?from=0&limit=10000" + more, "")
            .getJsonArray("rows");
    for (Object each : found) {
      JsonObject row = (JsonObject) each;
      rows.put(identity(row) + (latest ? "" : " " + row.getLong("ts")), row);
    }
    return rows;
  }

  @Test
  void aRowThatIsTakenAwayIsToldByItsKeyAlone() {
    write(row(0, "a", 1, "before"), row(1_000, "a", 1, "gone"), row(1_000, "b", 2, "gone"));
    subscribe(1, ",\"from\":0");
    subscribe(2, ",\"latest\":true");
    TestDatabase.shared()
        .execute(
            """
            select ingest.remove_records('%1$s', (select jsonb_agg(to_jsonb(r)) from record.%1$s r
              where status = 'gone'))
            """
                .formatted(kind));
    write(row(9_000, "mark", 9_999, "mark"));
    Predicate<JsonObject> holds = row -> row.getString("status") != null;
    awaitState(1, "", false, holds, 9_999);
    awaitState(2, "&latest=true", true, holds, 9_999);
    JsonObject gone =
        client.rows(1).stream()
            .filter(row -> row.getString("status") == null)
            .findFirst()
            .orElseThrow();
    assertThat(gone.getLong("ts")).isEqualTo(START + 1_000);
    assertThat(identity(gone)).isEqualTo("a 1");
  }

  private void awaitState(
      long id, String query, boolean latest, Predicate<JsonObject> passes, int marks) {
    // The last row written is a mark that every filter lets through.
    client.await(
        message ->
            "update".equals(message.getString("t"))
                && message.getLong("id") == id
                && message.getJsonArray("rows").stream()
                    .anyMatch(row -> ((JsonObject) row).getInteger("n") == marks));
    assertThat(state(id, latest, passes)).isEqualTo(query(query, latest));
  }

  @RepeatedTest(3)
  void snapshotAndUpdatesAreAtAnyTimeWhatTheQueryAnswers(RepetitionInfo repetition)
      throws InterruptedException {
    Random random = new Random(repetition.getCurrentRepetition());
    ExecutorService writers = Executors.newFixedThreadPool(3);
    for (int w = 0; w < 3; w++) {
      long seed = random.nextLong();
      writers.execute(() -> writeAtRandom(new Random(seed)));
    }
    subscribe(1, ",\"from\":0");
    subscribe(2, ",\"from\":0,\"bot\":\"alpha\",\"symbol\":\"ODD\"");
    subscribe(3, ",\"from\":0,\"status\":[\"open\",\"new\"]");
    subscribe(4, ",\"latest\":true");
    subscribe(5, ",\"latest\":true,\"status\":\"open\"");
    writers.shutdown();
    assertThat(writers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    write(row(1_000_000, "alpha", 9_999, "open"));
    awaitState(1, "", false, row -> true, 9_999);
    awaitState(2, "&bot=alpha&symbol=ODD", false, row -> true, 9_999);
    awaitState(
        3,
        "&status=open&status=new",
        false,
        row -> List.of("open", "new").contains(row.getString("status")),
        9_999);
    awaitState(4, "&latest=true", true, row -> true, 9_999);
    awaitState(
        5, "&latest=true&status=open", true, row -> row.getString("status").equals("open"), 9_999);
  }

  private void writeAtRandom(Random random) {
    String[] states = {"new", "open", "done"};
    for (int i = 0; i < 40; i++) {
      List<JsonObject> rows = new ArrayList<>();
      for (int j = 0; j < 5; j++) {
        rows.add(
            row(
                random.nextInt(30),
                random.nextBoolean() ? "alpha" : "beta",
                random.nextInt(10),
                states[random.nextInt(3)]));
      }
      write(rows.toArray(JsonObject[]::new));
    }
  }

  @Test
  void aRowComesOnceAndOnlyWhereItPasses() {
    write(row(1, "alpha", 1, "open"), row(2, "beta", 2, "open"));
    subscribe(1, ",\"bot\":\"beta\",\"from\":0");
    subscribe(2, ",\"last\":1");
    write(row(3, "alpha", 3, "open"));
    write(row(4, "beta", 4, "open"));
    client.await(message -> client.rows(1).size() == 2);
    client.await(message -> client.rows(2).size() == 3);
    assertThat(client.rows(1).stream().map(LiveRecordsIT::identity))
        .containsExactly("beta 2", "beta 4");
    assertThat(client.rows(2).stream().map(LiveRecordsIT::identity))
        .containsExactly("beta 2", "alpha 3", "beta 4");
  }

  @Test
  void aStateThatNoLongerPassesIsToldOnceMore() {
    write(row(1, "alpha", 1, "open"), row(1, "alpha", 2, "done"));
    subscribe(1, ",\"latest\":true,\"status\":\"open\"");
    write(row(2, "alpha", 1, "done"));
    client.await(message -> client.rows(1).size() == 2);
    write(row(3, "alpha", 1, "failed"));
    write(row(4, "alpha", 2, "open"));
    client.await(message -> client.rows(1).size() == 3);
    assertThat(client.rows(1).stream().map(row -> identity(row) + row.getString("status")))
        .containsExactly("alpha 1open", "alpha 1done", "alpha 2open");
  }

  @Test
  void aColumnThatIsAddedLaterIsInTheRowsFromThenOn() {
    subscribe(1, ",\"from\":0");
    declare(",{\"name\":\"note\",\"type\":\"text\"}");
    write(row(1, "alpha", 1, "open").put("note", "x").put("price", "1.50"));
    client.await(message -> client.rows(1).size() == 1);
    assertThat(client.rows(1).get(0).getString("note")).isEqualTo("x");
    assertThat(query("", false).values()).containsExactlyElementsOf(client.rows(1));
  }

  private JsonObject first(int id) {
    return client.await(message -> message.getInteger("id", 0) == id);
  }

  @Test
  void refusesASnapshotThatDoesNotFitIntoMemoryRatherThanCutIt() {
    TestDatabase.shared()
        .execute(
            """
            insert into record.%s (ts, bot, n, status)
            select '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', 'wide', n, repeat('x', 60000)
            from generate_series(1, 150) n
            """
                .formatted(kind));
    String subscription =
        "{\"t\":\"subscribe\",\"id\":%d,\"channel\":\"records\",\"kind\":\"" + kind + "\",%s}";
    client.send(subscription.formatted(1, "\"from\":0"));
    assertThat(first(1).getString("detail"))
        .isEqualTo("from: more than 10000 rows or 16 MiB; read them by GET /v1/records/" + kind);
    client.send(subscription.formatted(2, "\"last\":150"));
    assertThat(first(2).getString("detail"))
        .isEqualTo("last: 150 rows take more than 16 MiB; ask for fewer");
    subscribe(3, ",\"last\":100");
    assertThat(client.rows(3))
        .extracting(row -> row.getInteger("n"))
        .hasSize(100)
        .endsWith(149, 150);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"kind\":\"nothing\" | unknown_kind",
        "\"kind\":\"\\u0000\" | unknown_kind",
        "\"last\":5 | bad_parameter",
        "\"kind\":\"KIND\",\"colour\":\"red\" | bad_parameter",
        "\"kind\":\"KIND\",\"price\":\"1\" | bad_parameter",
        "\"kind\":\"KIND\",\"n\":\"x\" | bad_parameter",
        "\"kind\":\"KIND\",\"status\":{} | bad_parameter",
        "\"kind\":\"KIND\",\"latest\":true,\"last\":5 | bad_parameter",
        "\"kind\":\"KIND\",\"timeframe\":\"1m\" | bad_parameter",
        "\"kind\":\"KIND\",\"status\":\"\\u0000\" | bad_parameter",
        "\"kind\":\"KIND\",\"from\":1e18 | bad_parameter",
      })
  void refusesWhatCannotBeFollowed(String fields, String code) {
    client.send(
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",%s}"
            .formatted(fields.replace("KIND", kind)));
    assertThat(client.await(message -> true).getString("code")).isEqualTo(code);
  }
}
