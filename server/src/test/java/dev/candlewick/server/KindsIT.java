package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Kinds of record are declared, made wider and known to every server. */
class KindsIT {
  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> declare(String kind, String declaration) {
    return server.send("PUT", "/v1/kinds/" + kind, declaration);
  }

  private static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  private static String simple(String kind, String more) {
    return """
    {"kind":"%s","key":["id"],"columns":[{"name":"id","type":"text","required":true},
      {"name":"v","type":"integer"}%s]}
    """
        .formatted(kind, more);
  }

  @Test
  void aServerLearnsWhatAnotherDeclared() {
    try (RunningServer other = RunningServer.with(Map.of())) {
      declare("shared", simple("shared", ""));
      String row = "{\"rows\":[{\"ts\":%d,\"id\":\"a\",\"v\":1%s}]}";
      HttpResponse<String> first = other.post("/v1/records/shared", row.formatted(1, ""));
      assertThat(json(first).getInteger("inserted")).as(first.body()).isEqualTo(1);
      declare("shared", simple("shared", ",{\"name\":\"w\",\"type\":\"boolean\"}"));
      HttpResponse<String> second =
          other.post("/v1/records/shared", row.formatted(2, ",\"w\":true"));
      assertThat(json(second).getInteger("inserted")).as(second.body()).isEqualTo(1);
    }
  }

  @Test
  void aKindGetsWiderAndNothingElse() {
    assertThat(declare("wider", simple("wider", "")).statusCode()).isEqualTo(201);
    server.post("/v1/records/wider", "{\"rows\":[{\"ts\":1,\"id\":\"a\",\"v\":1}]}");
    HttpResponse<String> refused =
        declare("wider", simple("wider", ",{\"name\":\"w\",\"type\":\"text\",\"required\":true}"));
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(json(refused).getString("code")).isEqualTo("incompatible_kind");
    HttpResponse<String> wider =
        declare("wider", simple("wider", ",{\"name\":\"w\",\"type\":\"text\"}"));
    assertThat(wider.statusCode()).isEqualTo(200);
    assertThat(server.get("/v1/kinds/wider").body()).isEqualTo(wider.body());
    HttpResponse<String> answer =
        server.post(
            "/v1/records/wider", "{\"rows\":[{\"ts\":1,\"id\":\"a\",\"v\":1,\"w\":\"x\"}]}");
    assertThat(json(answer).getInteger("updated")).as(answer.body()).isEqualTo(1);
    assertThat(
            new JsonObject(server.get("/v1/kinds").body())
                .getJsonArray("kinds").stream().map(kind -> ((JsonObject) kind).getString("kind")))
        .contains("wider");
  }

  @Test
  void peopleReadAKindByItsOwnColumnsWithTheInstrumentsName() {
    String instrument =
        ",{\"name\":\"exchange\",\"type\":\"venue\"},{\"name\":\"symbol\",\"type\":\"symbol\"}";
    declare("seen", simple("seen", instrument));
    String row = "{\"ts\":%d,\"id\":\"a\",\"v\":%d,\"exchange\":\"x\",\"symbol\":\"GC=F\"%s}";
    server.post("/v1/records/seen", "{\"rows\":[" + row.formatted(1, 1, "") + "]}");
    declare("seen", simple("seen", instrument + ",{\"name\":\"xmin\",\"type\":\"boolean\"}"));
    String news = row.formatted(2_000, 2, ",\"xmin\":true") + ",{\"ts\":3000,\"id\":\"b\"}";
    server.post("/v1/records/seen", "{\"rows\":[" + news + "]}");
    TestDatabase database = TestDatabase.shared();
    assertThat(database.text("select json_agg(s order by ts)->1 from named.seen s"))
        .isEqualTo(
            "{\"ts\":\"1970-01-01T00:00:02+00:00\",\"id\":\"a\",\"v\":2,\"exchange\":\"x\","
                + "\"symbol\":\"GC=F\",\"_xmin\":true}");
    assertThat(database.number("select count(*) from named.seen")).isEqualTo(3);
    assertThat(database.number("select sum(v) from named_latest.seen where symbol = 'GC=F'"))
        .isEqualTo(2);
  }

  @Test
  void howMuchIsHeldOfEachKindIsTold() {
    declare("weighed", simple("weighed", ""));
    JsonObject empty = held("weighed");
    assertThat(empty.getLong("rows")).isZero();
    assertThat(empty.getValue("newest_ts")).isNull();
    server.post("/v1/records/weighed", "{\"rows\":[{\"ts\":7000,\"id\":\"a\"}]}");
    TestDatabase.shared().execute("analyze record.weighed");
    JsonObject held = held("weighed");
    assertThat(held.getLong("rows")).isEqualTo(1);
    assertThat(held.getLong("newest_ts")).isEqualTo(7_000);
    assertThat(held.getLong("bytes")).isGreaterThan(empty.getLong("bytes"));
  }

  private static JsonObject held(String kind) {
    return new JsonObject(server.get("/v1/held").body())
        .getJsonArray("kinds").stream()
            .map(JsonObject.class::cast)
            .filter(one -> one.getString("kind").equals(kind))
            .findAny()
            .orElseThrow();
  }

  @Test
  void whatIsNoDeclarationIsRefused() {
    assertThat(declare("x", "{").statusCode()).isEqualTo(400);
    assertThat(declare("x", "{}").statusCode()).isEqualTo(422);
    assertThat(declare("x", simple("y", "")).statusCode()).isEqualTo(422);
    assertThat(declare("trades", simple("trades", "")).statusCode()).isEqualTo(409);
    assertThat(server.get("/v1/kinds/nothing").statusCode()).isEqualTo(404);
    HttpResponse<String> unknown = server.post("/v1/records/nothing", "{\"rows\":[{\"ts\":1}]}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).getString("code")).isEqualTo("unknown_kind");
  }

  @Test
  void theKindsThatComeWithTheServerAreThere() {
    assertThat(server.get("/v1/kinds/orders").statusCode()).isEqualTo(200);
    HttpResponse<String> order = server.post("/v1/records/events", "{\"rows\":[{\"ts\":1}]}");
    assertThat(order.statusCode()).as(order.body()).isEqualTo(422);
  }

  @Test
  void aTableThatIsNotAsDeclaredHoldsUpItsOwnRowsAlone() {
    declare("altered", simple("altered", ""));
    TestDatabase database = TestDatabase.shared();
    database.execute("alter table record.altered rename column v to w");
    String row = "{\"ts\":1,\"id\":\"a\",\"v\":1}";
    String trade = "{\"ts\":%d,\"price\":1,\"size\":1}".formatted(System.currentTimeMillis());
    try (IngestSocket feed = IngestSocket.open(URI.create(server.url()))) {
      long first = feed.hello("altered-" + System.nanoTime()).getLong("next_seq");
      String message = "{\"t\":\"%s\",\"seq\":%d,%s,\"rows\":[%s]}";
      feed.say(message.formatted("records", first, "\"kind\":\"altered\"", row));
      feed.say(message.formatted("trades", first + 1, "\"venue\":\"v\",\"symbol\":\"S\"", trade));
      JsonObject ack = feed.expect("ack");
      JsonObject rejected = ack.getJsonArray("rejected").getJsonObject(0);
      assertThat(rejected.getLong("seq")).isEqualTo(first);
      assertThat(rejected.getString("code")).isEqualTo("refused_by_database");
      if (ack.getLong("committed") == first) {
        assertThat(feed.ackOf(first + 1).getJsonArray("rejected")).isEmpty();
      }
    }
    HttpResponse<String> refused = server.post("/v1/records/altered", "{\"rows\":[" + row + "]}");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    database.execute("alter table record.altered rename column w to v");
    HttpResponse<String> again = server.post("/v1/records/altered", "{\"rows\":[" + row + "]}");
    assertThat(json(again).getInteger("inserted")).as(again.body()).isEqualTo(1);
  }

  /** On the Community edition; on the other there is nothing to compress. */
  @Test
  void whatIsCompressedIsStillCorrectedAndMadeWider() {
    TestDatabase database = TestDatabase.shared();
    assumeThat(database.text("select edition from ingest.edition")).isEqualTo("community");
    declare("packed", simple("packed", ""));
    String rows = "{\"rows\":[{\"ts\":1,\"id\":\"a\",\"v\":1},{\"ts\":1,\"id\":\"b\",\"v\":%d}]}";
    server.post("/v1/records/packed", rows.formatted(1));
    database.execute("select public.compress_chunk(c) from public.show_chunks('record.packed') c");
    HttpResponse<String> corrected = server.post("/v1/records/packed", rows.formatted(2));
    assertThat(json(corrected).getInteger("duplicates")).as(corrected.body()).isEqualTo(1);
    assertThat(json(corrected).getInteger("updated")).as(corrected.body()).isEqualTo(1);
    HttpResponse<String> wider =
        declare("packed", simple("packed", ",{\"name\":\"w\",\"type\":\"json\"}"));
    assertThat(wider.statusCode()).as(wider.body()).isEqualTo(200);
    assertThat(database.number("select sum(v) from record.packed")).isEqualTo(3);
  }
}
