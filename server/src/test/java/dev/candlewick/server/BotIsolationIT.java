package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key confined to the bot alpha tries every way to the records of the bot secret. */
class BotIsolationIT {
  private static final String[] ALPHA = {"Authorization", "Bearer alpha-key"};
  private static final String[] ADMIN = {"Authorization", "Bearer admin-key"};
  private static final String ORDERS = "/v1/records/iso_orders";

  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    TestDatabase.shared().clear();
    Path keys = Files.createTempFile("api-keys", ".txt");
    keys.toFile().deleteOnExit();
    Files.writeString(
        keys,
        TestApiKey.line(1, "admin-key", "admin")
            + "\n"
            + TestApiKey.line(2, "alpha-key", "ingest,read")
            + " bot=alpha,other\n"
            + TestApiKey.line(4, "chief-key", "admin")
            + " bot=alpha\n"
            + TestApiKey.line(3, "secret-key", "ingest,read")
            + " bot=secret\n");
    server = RunningServer.with(Map.of("API_KEYS_FILE", keys.toString()));
    declare("iso_orders", "[\"bot\",\"order_id\"]");
    declare("iso_notes", "[\"order_id\"]");
    for (String kind : List.of("iso_orders", "iso_notes")) {
      JsonArray rows = new JsonArray();
      for (int i = 0; i < 20; i++) {
        rows.add(
            new JsonObject()
                .put("ts", 1_767_225_600_000L + i)
                .put("bot", i % 2 == 0 ? "alpha" : "secret")
                .put("order_id", kind + i)
                .put("status", i % 2 == 0 ? "open" : "hidden"));
      }
      String body = new JsonObject().put("rows", rows).encode();
      assertThat(post("/v1/records/" + kind, body).statusCode()).isEqualTo(200);
    }
    declare("iso_shared", "[\"order_id\"]", "");
    put("orders", Files.readString(Path.of("..", "sql", "kinds", "orders.json")));
    put("journal", Files.readString(Path.of("..", "sql", "kinds", "journal.json")));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void declare(String kind, String key) {
    declare(kind, key, "{\"name\":\"bot\",\"type\":\"text\",\"required\":true},");
  }

  private static void declare(String kind, String key, String bot) {
    String declaration =
        """
        {"kind":"%s","key":%s,"columns":[%s
          {"name":"order_id","type":"text","required":true},{"name":"status","type":"text"}]}
        """
            .formatted(kind, key, bot);
    put(kind, declaration);
  }

  private static void put(String kind, String declaration) {
    HttpResponse<String> put =
        server.send(
            "PUT",
            "/v1/kinds/" + kind,
            declaration,
            "Authorization",
            "Bearer admin-key",
            "Content-Type",
            "application/json");
    assertThat(put.statusCode()).as("%s", put.body()).isIn(200, 201);
  }

  private static HttpResponse<String> post(String path, String body) {
    return server.post(path, body, ADMIN);
  }

  private static String get(String path) {
    HttpResponse<String> answer = server.get(path, ALPHA);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return answer.body();
  }

  private static void assertForbidden(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(403);
    assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo("forbidden_bot");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?limit=10000&from=0",
        "?order=desc",
        "?latest=true",
        "?latest=true&order=desc",
        "?as_of=1893456000000",
        "?as_of=1767225600010",
        "?columns=order_id,bot,status",
        "?format=csv&columns=bot,status",
        "?format=ndjson",
        "?status=hidden",
        "?latest=true&status=hidden",
        "?bot=alpha",
        "?bot=alpha&bot=other",
      })
  void noQueryShowsAnothersRow(String query) {
    String answer = get(ORDERS + query);
    assertThat(answer).doesNotContain("secret", "hidden");
    assertThat(answer.contains("alpha")).isEqualTo(!query.contains("hidden"));
  }

  @Test
  void howMuchAllBotsHaveWrittenIsNotTold() {
    assertForbidden(server.get("/v1/held", ALPHA));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bot=secret", "bot=alpha&bot=secret", "bot=secret&latest=true", "bot=nobody"})
  void askingForAnothersBotIsForbiddenWhetherItExistsOrNot(String query) {
    assertForbidden(server.get(ORDERS + "?" + query, ALPHA));
  }

  @Test
  void aPageHasAsManyRowsAsAreItsOwn() {
    JsonObject page = new JsonObject(get(ORDERS + "?from=0&limit=9"));
    assertThat(page.getJsonArray("rows")).hasSize(9);
    JsonObject rest =
        new JsonObject(get(ORDERS + "?from=0&limit=9&cursor=" + page.getString("next_cursor")));
    assertThat(rest.getJsonArray("rows")).hasSize(1);
    assertThat(rest.getString("next_cursor")).isNull();
  }

  @Test
  void aCursorTakenWithAnotherKeyIsRefused() {
    String cursor =
        new JsonObject(server.get(ORDERS + "?from=0&limit=3", ADMIN).body())
            .getString("next_cursor");
    HttpResponse<String> answer = server.get(ORDERS + "?from=0&limit=3&cursor=" + cursor, ALPHA);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).doesNotContain("secret", "iso_orders");
  }

  @Test
  void aKindThatIsNotKnownByItsBotShowsOnlyRowsOfTheKeysBots() {
    assertThat(get("/v1/records/iso_notes?from=0")).contains("alpha").doesNotContain("secret");
  }

  /** Rows of iso_notes: the newest of a key, an older one, or none is alpha's. */
  private static void writeShared() {
    String row = "{\"ts\":%d,\"order_id\":\"%s\",\"bot\":\"%s\",\"status\":\"%s\"}";
    post(
        "/v1/records/iso_notes",
        "{\"rows\":[%s,%s,%s,%s,%s]}"
            .formatted(
                row.formatted(1_767_300_000_000L, "shared-a", "alpha", "one"),
                row.formatted(1_767_300_000_500L, "shared-a", "other", "two"),
                row.formatted(1_767_300_001_000L, "shared-a", "secret", "hidden"),
                row.formatted(1_767_300_000_000L, "shared-b", "secret", "hidden"),
                row.formatted(1_767_300_001_000L, "shared-b", "alpha", "three")));
  }

  @ParameterizedTest
  @CsvSource({
    "latest=true, shared-a two, shared-b three",
    "as_of=1767300002000, shared-a two, shared-b three",
    "as_of=1767300000999, shared-a two, -",
    "as_of=1767300000499, shared-a one, -",
    "latest=true&bot=other, shared-a two, -",
    "latest=true&bot=alpha, -, shared-b three",
    "latest=true&status=one, -, -",
    "latest=true&order=desc&limit=1, -, shared-b three",
  })
  void anotherBotsRowDoesNotHideTheNewestOfItsOwn(String query, String first, String second) {
    writeShared();
    JsonObject page = new JsonObject(get("/v1/records/iso_notes?" + query));
    List<String> found =
        page.getJsonArray("rows").stream()
            .map(JsonObject.class::cast)
            .map(row -> row.getString("order_id") + " " + row.getString("status"))
            .filter(row -> row.startsWith("shared"))
            .toList();
    assertThat(found).isEqualTo(Stream.of(first, second).filter(row -> !row.equals("-")).toList());
  }

  @Test
  void aRowThatAnotherBotTookOverLeavesASubscriptionWithoutItsContent() {
    IngestSocket live = IngestSocket.at(server.uri(""), "/v1/subscribe", ALPHA);
    live.say(
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",\"kind\":\"iso_notes\",\"last\":5}");
    live.expect("snapshot");
    live.expect("live");
    String row =
        "{\"rows\":[{\"ts\":1767250000000,\"order_id\":\"%s\",\"bot\":\"%s\",\"status\":\"%s\"}]}";
    post("/v1/records/iso_notes", row.formatted("taken", "alpha", "open"));
    assertThat(live.expect("update").encode()).contains("taken", "alpha");
    post("/v1/records/iso_notes", row.formatted("taken", "secret", "hidden"));
    post("/v1/records/iso_notes", row.formatted("next", "alpha", "open"));
    String out = live.expect("update").encode();
    assertThat(out).contains("taken").doesNotContain("secret", "hidden");
    live.close();
  }

  @Test
  void theNewestRowsOfAKindThatIsNotKnownByItsBotAreNotFollowed() {
    IngestSocket live = IngestSocket.at(server.uri(""), "/v1/subscribe", ALPHA);
    live.say(
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",\"kind\":\"iso_notes\",\"latest\":true}");
    assertThat(live.expect("error").getString("code")).isEqualTo("forbidden_bot");
    live.close();
  }

  @Test
  void anInstrumentThatOnlyAnothersRecordNamesIsNotSeen() {
    String venue = "isovenue";
    String order =
        "{\"rows\":[{\"ts\":1767225600000,\"bot\":\"secret\",\"order_id\":\"%1$s\",\"venue\":\"%2$s\",\"symbol\":\"%1$s\"}]}";
    assertThat(post("/v1/records/orders", order.formatted("QUIET", venue)).statusCode())
        .isEqualTo(200);
    String one = "/v1/instruments/" + venue + "/QUIET";
    assertThat(server.get("/v1/instruments?venue=" + venue, ADMIN).body()).contains("QUIET");
    assertThat(get("/v1/instruments?venue=" + venue)).doesNotContain("QUIET");
    assertThat(get("/v1/instruments?query=quiet")).doesNotContain("QUIET");
    assertThat(get("/udf/config") + get("/udf/search?query=QUIET&limit=10&type=&exchange="))
        .doesNotContain("QUIET", venue);
    assertThat(get("/v1/latest?venue=" + venue)).doesNotContain("QUIET");
    String query = "venue=" + venue + "&symbol=QUIET";
    for (String path :
        List.of(
            one,
            "/v1/candles?timeframe=1m&" + query,
            "/v1/trades?" + query,
            "/v1/quotes?" + query,
            "/v1/latest?" + query,
            "/v1/indicators?timeframe=1m&indicators=rsi(14)&" + query,
            "/v1/coverage?timeframe=1m&from=0&to=86400000&" + query)) {
      HttpResponse<String> answer = server.get(path, ALPHA);
      String nothing = server.get(path.replace("QUIET", "NOTHING"), ALPHA).body();
      assertThat(answer.statusCode()).as("%s %s", path, answer.body()).isEqualTo(404);
      assertThat(withoutId(answer.body()))
          .isEqualTo(withoutId(nothing.replace("NOTHING", "QUIET")));
    }
    String trade =
        "{\"venue\":\"%s\",\"symbol\":\"QUIET\",\"rows\":[{\"ts\":1767225600000,\"price\":1,\"size\":1}]}";
    post("/v1/trades", trade.formatted(venue));
    assertThat(get("/v1/instruments?venue=" + venue)).contains("QUIET");
    assertThat(get("/v1/trades?from=0&" + query)).contains("\"price\":1");
    assertThat(server.get(one, ALPHA).statusCode()).isEqualTo(200);
  }

  private static JsonObject withoutId(String problem) {
    JsonObject json = new JsonObject(problem);
    json.remove("request_id");
    return json;
  }

  @Test
  void aKindWithoutBotsIsForbidden() {
    assertForbidden(server.get("/v1/records/iso_shared", ALPHA));
    assertForbidden(server.get("/v1/records/iso_shared?latest=true", ALPHA));
  }

  @ParameterizedTest
  @CsvSource({
    "iso_orders, secret",
    "iso_orders, nobody",
    "iso_notes, secret",
    "iso_shared, alpha",
  })
  void anothersRowIsNotWritten(String kind, String bot) {
    String row =
        kind.equals("iso_shared")
            ? "{\"rows\":[{\"ts\":1767225600000,\"order_id\":\"x\"}]}"
            : "{\"rows\":[{\"ts\":1767225600000,\"bot\":\"%s\",\"order_id\":\"x\"}]}"
                .formatted(bot);
    HttpResponse<String> answer = server.post("/v1/records/" + kind, row, ALPHA);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(403);
    assertThat(server.get("/v1/records/" + kind + "?order_id=x", ADMIN).body())
        .contains("\"rows\":[]");
  }

  @Test
  void aSubscriptionTellsNothingOfOthers() {
    IngestSocket live = IngestSocket.at(server.uri(""), "/v1/subscribe", ALPHA);
    live.say(
        "{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",\"kind\":\"iso_orders\",\"from\":0}");
    JsonObject snapshot = live.expect("snapshot");
    assertThat(snapshot.getJsonArray("rows")).hasSizeGreaterThanOrEqualTo(10);
    assertThat(snapshot.encode()).doesNotContain("secret");
    live.expect("live");
    String row = "{\"rows\":[{\"ts\":1767225700000,\"bot\":\"%s\",\"order_id\":\"live\"}]}";
    post(ORDERS, row.formatted("secret"));
    post(ORDERS, row.formatted("alpha"));
    JsonObject update = live.expect("update");
    assertThat(update.encode()).contains("alpha").doesNotContain("secret");
    live.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"kind\":\"iso_orders\",\"bot\":\"secret\"",
        "\"kind\":\"iso_orders\",\"bot\":[\"alpha\",\"secret\"],\"latest\":true",
        "\"kind\":\"iso_shared\"",
      })
  void aSubscriptionToOthersIsForbidden(String fields) {
    IngestSocket live = IngestSocket.at(server.uri(""), "/v1/subscribe", ALPHA);
    live.say("{\"t\":\"subscribe\",\"id\":1,\"channel\":\"records\",%s}".formatted(fields));
    assertThat(live.expect("error").getString("code")).isEqualTo("forbidden_bot");
    live.close();
  }

  @Test
  void performanceIsOfTheKeysBotsOnly() {
    assertForbidden(server.get("/v1/performance?bot=secret", ALPHA));
    String journal =
        "{\"rows\":[{\"ts\":1767225600000,\"bot\":\"%s\",\"trade_id\":\"1\",\"pnl_usd\":%s,"
            + "\"exit_time\":1767225600000,\"strategy\":\"%s\"}]}";
    post("/v1/records/journal", journal.formatted("alpha", "1", "orb"));
    post("/v1/records/journal", journal.formatted("secret", "100", "hidden"));
    JsonObject own = new JsonObject(get("/v1/performance?by=strategy"));
    assertThat(own.getInteger("trades")).isEqualTo(1);
    assertThat(own.encode()).doesNotContain("hidden");
    assertThat(new JsonObject(get("/v1/performance?strategy=hidden")).getInteger("trades"))
        .isZero();
  }

  @Test
  void streamsAndRejectsOfOtherKeysAreNotSeen() {
    URI ingest = server.uri("");
    try (IngestSocket other = IngestSocket.open(ingest, "Authorization", "Bearer secret-key");
        IngestSocket own = IngestSocket.open(ingest, ALPHA)) {
      for (IngestSocket socket : List.of(other, own)) {
        socket.hello(socket == other ? "secret-stream" : "alpha-stream");
        socket.say(
            "{\"t\":\"records\",\"seq\":1,\"kind\":\"iso_orders\",\"rows\":[{\"ts\":1,\"order_id\":1}]}");
        socket.ackOf(1);
      }
    }
    assertThat(get("/v1/streams")).contains("alpha-stream").doesNotContain("secret");
    assertThat(get("/v1/rejects")).contains("alpha-stream").doesNotContain("secret");
    assertThat(get("/v1/rejects?stream=secret-stream")).doesNotContain("detail");
    HttpResponse<String> one = server.get("/v1/streams/secret-stream", ALPHA);
    assertThat(one.statusCode()).isEqualTo(404);
    assertThat(server.get("/v1/streams", ADMIN).body()).contains("secret-stream");
  }

  @Test
  void metricsNameNoBot() {
    assertThat(get("/metrics")).doesNotContain("alpha", "secret");
  }

  @Test
  void metricsCountNoRowsOfAllBots() {
    assertThat(server.get("/metrics", ADMIN).body())
        .contains("candlewick_ingest_rows_total{kind=\"iso_orders\"", "candlewick_bots_active");
    assertThat(get("/metrics"))
        .contains("candlewick_http_request_duration_seconds_count", "jvm_memory_used_bytes")
        .doesNotContain("iso_orders", "candlewick_ingest", "candlewick_bots", "candlewick_audit");
  }

  @Test
  void aKeyOfSomeBotsDoesNotShortenWhatIsKeptOfAll() {
    String declaration = new JsonObject(server.get("/v1/kinds/iso_orders", ADMIN).body()).encode();
    HttpResponse<String> shorter = putAsChief(declaration.replace("\"none\"", "\"1d\""));
    assertForbidden(shorter);
    assertThat(server.get("/v1/kinds/iso_orders", ADMIN).body()).contains("\"none\"");
    assertThat(putAsChief(declaration).statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> putAsChief(String declaration) {
    return server.send(
        "PUT", "/v1/kinds/iso_orders", declaration, "Authorization", "Bearer chief-key");
  }
}
