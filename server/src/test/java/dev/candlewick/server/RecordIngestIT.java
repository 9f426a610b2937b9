package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of declared kinds, from the declaration to what is stored. */
class RecordIngestIT {
  private static final String EVERYTHING =
      """
      {"kind":"everything","key":["id"],"chunk":"1d","columns":[
        {"name":"id","type":"text","required":true},
        {"name":"t","type":"text"},{"name":"i","type":"integer","min":-5},{"name":"n","type":"number","max":10},
        {"name":"d","type":"decimal"},{"name":"b","type":"boolean"},{"name":"at","type":"timestamp"},
        {"name":"j","type":"json"},{"name":"exchange","type":"venue"},{"name":"symbol","type":"symbol"},
        {"name":"bids","type":"levels"},{"name":"side","type":"text","values":["buy","sell"]},
        {"name":"select","type":"text"},{"name":"xmin","type":"text"},{"name":"instrument_id","type":"integer"}]}
      """;

  private static final String FULL =
      """
      {"ts":1735689600000,"id":"a","t":"Zürich \\"\\\\","i":-5,"n":0.1,"d":12345678901234567890123456789012345.670,
       "b":true,"at":"1969-12-31T23:59:59.123456789Z","j":{"big":123456789012345678901234567890,"a":[null,1.0]},
       "exchange":"binance","symbol":"BTCUSDT","bids":[[100.5,"1"],["99",0]],"side":"sell",
       "select":"s","xmin":"x","instrument_id":9007199254740993}
      """;

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

  private static String stored(String column, String kind) {
    return TestDatabase.shared().text("select " + column + "::text from record." + kind);
  }

  private static String simple(String kind, String more) {
    return """
    {"kind":"%s","key":["id"],"columns":[{"name":"id","type":"text","required":true},
      {"name":"v","type":"integer"}%s]}
    """
        .formatted(kind, more);
  }

  @Test
  void everyTypeIsStoredToTheLetter() {
    declare("everything", EVERYTHING);
    assertThat(declare("everything", EVERYTHING).statusCode()).isEqualTo(200);

    JsonObject answer = json(server.post("/v1/records/everything", "{\"rows\":[" + FULL + "]}"));
    assertThat(answer.getInteger("inserted")).as(answer.encode()).isEqualTo(1);
    assertThat(stored("t", "everything")).isEqualTo("Zürich \"\\");
    assertThat(stored("i", "everything")).isEqualTo("-5");
    assertThat(stored("n", "everything")).isEqualTo("0.1");
    assertThat(stored("d", "everything")).isEqualTo("12345678901234567890123456789012345.670");
    assertThat(stored("at at time zone 'UTC'", "everything"))
        .isEqualTo("1969-12-31 23:59:59.123456");
    assertThat(stored("j", "everything"))
        .isEqualTo("{\"a\": [null, 1.0], \"big\": 123456789012345678901234567890}");
    assertThat(stored("bids", "everything")).isEqualTo("[[100.5, 1], [99, 0]]");
    assertThat(stored("\"_xmin\"", "everything")).isEqualTo("x");
    assertThat(stored("instrument_id", "everything")).isEqualTo("9007199254740993");
    assertThat(
            TestDatabase.shared()
                .text(
                    "select venue || ' ' || i.symbol from record.everything r"
                        + " join market.instruments i on i.id = r._instrument_id"))
        .isEqualTo("binance BTCUSDT");
    assertThat(TestDatabase.shared().text("select to_jsonb(r)::text from record.everything r"))
        .isEqualTo(
            TestDatabase.shared().text("select to_jsonb(r)::text from record_latest.everything r"));

    answer = json(server.post("/v1/records/everything", "{\"rows\":[" + FULL + "]}"));
    assertThat(answer.getInteger("duplicates")).as(answer.encode()).isEqualTo(1);
    String corrected = FULL.replace("1.0]", "1, 2]");
    answer = json(server.post("/v1/records/everything", "{\"rows\":[" + corrected + "]}"));
    assertThat(answer.getInteger("updated")).as(answer.encode()).isEqualTo(1);
    String sameMeaning = corrected.replace("\"big\"", " \"big\"").replace("1, 2]", "1.00, 2e0]");
    answer =
        json(
            server.post(
                "/v1/records/everything",
                "{\"rows\":[" + corrected + "," + sameMeaning + "," + FULL + "]}"));
    assertThat(answer.getInteger("duplicates")).as(answer.encode()).isEqualTo(1);
    assertThat(answer.getInteger("updated")).as(answer.encode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":\"a\"}|ts|missing_field",
        "{\"ts\":1}|id|missing_field",
        "{\"ts\":1,\"id\":7}|id|bad_type",
        "{\"ts\":1,\"id\":\"a\\u0000\"}|id|bad_type",
        "{\"ts\":1,\"id\":\"\\ud800\"}|id|bad_type",
        "{\"ts\":\"soon\",\"id\":\"a\"}|ts|bad_timestamp",
        "{\"ts\":-1,\"id\":\"a\"}|ts|ts_out_of_range",
        "{\"ts\":9999999999999,\"id\":\"a\"}|ts|ts_out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"color\":1}|color|unknown_field",
        "{\"ts\":1,\"id\":\"a\",\"i\":1.5}|i|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"i\":-6}|i|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"i\":9223372036854775808}|i|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"n\":11}|n|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"n\":NaN}|n|not_finite",
        "{\"ts\":1,\"id\":\"a\",\"n\":\"Infinity\"}|n|not_finite",
        "{\"ts\":1,\"id\":\"a\",\"n\":-1e999}|n|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"n\":1e-400}|n|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"d\":\"123456789012345678901234567890123456789\"}|d|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"d\":1e999999}|d|out_of_range",
        "{\"ts\":1,\"id\":\"a\",\"d\":\"twelve\"}|d|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"d\":{}}|d|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"b\":\"yes\"}|b|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"at\":\"2025-02-30T00:00:00Z\"}|at|bad_timestamp",
        "{\"ts\":1,\"id\":\"a\",\"j\":{\"x\":\"\\u0000\"}}|j|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"j\":1e5000}|j|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"j\":{\"x\":1e-99999999999}}|j|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"j\":{\"x\":NaN}}|j|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"bids\":[[-Infinity,1]]}|bids|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"bids\":[[1]]}|bids|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"bids\":[[1,-1]]}|bids|bad_type",
        "{\"ts\":1,\"id\":\"a\",\"side\":\"hold\"}|side|not_in_values",
        "{\"ts\":1,\"id\":\"a\",\"exchange\":\"binance\"}|symbol|missing_field",
        "{\"ts\":1,\"id\":\"a\",\"exchange\":\"b b\",\"symbol\":\"X\"}|exchange|bad_venue",
        "{\"ts\":1,\"id\":\"a\",\"exchange\":\"b\",\"symbol\":\" X\"}|symbol|bad_symbol",
        "{\"ts\":1,\"id\":\"a\",\"j\":"
            + "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
            + "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}|j|bad_type",
        "[1]||bad_type",
      })
  void aBadRowIsRefusedByFieldAndCode(String row, String field, String code) {
    declare("everything", EVERYTHING);
    HttpResponse<String> response =
        server.post("/v1/records/everything", "{\"rows\":[" + row + "]}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
    JsonObject rejected = json(response).getJsonArray("rejected").getJsonObject(0);
    assertThat(rejected.getString("code")).as(response.body()).isEqualTo(code);
    assertThat(rejected.getString("field")).as(response.body()).isEqualTo(field);
  }

  @Test
  void aBodyThatNamesAnotherKindThanThePathIsRefused() {
    declare("limits", simple("limits", ""));
    String body = "{\"kind\":\"%s\",\"rows\":[{\"ts\":1,\"id\":\"a\"}]}";
    HttpResponse<String> other = server.post("/v1/records/limits", body.formatted("orders"));
    assertThat(other.statusCode()).as(other.body()).isEqualTo(422);
    assertThat(json(other).getString("detail"))
        .isEqualTo("kind does not match the one in the path");
    HttpResponse<String> same = server.post("/v1/records/limits", body.formatted("limits"));
    assertThat(json(same).getInteger("inserted")).as(same.body()).isEqualTo(1);
  }

  @Test
  void rowsAndTextsHaveTheirLimits() {
    declare("limits", simple("limits", ",{\"name\":\"t\",\"type\":\"text\"}"));
    String row = "{\"ts\":1,\"id\":\"%s\",\"t\":\"%s\"}";
    for (String tooLong :
        new String[] {
          row.formatted("a", "x".repeat(65_537)), row.formatted("x".repeat(2_049), "")
        }) {
      HttpResponse<String> response =
          server.post("/v1/records/limits", "{\"rows\":[" + tooLong + "]}");
      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(response.body()).contains("too_long");
    }
    assertThat(
            json(server.post(
                    "/v1/records/limits",
                    "{\"rows\":["
                        + row.formatted("\uD83D\uDE00".repeat(512), "x".repeat(60_000))
                        + "]}"))
                .getInteger("inserted"))
        .isEqualTo(1);
  }

  @Test
  void csvAndNdjsonAreTheSameRows() {
    declare(
        "forms",
        simple(
            "forms", ",{\"name\":\"j\",\"type\":\"json\"},{\"name\":\"b\",\"type\":\"boolean\"}"));
    HttpResponse<String> csv =
        server.send(
            "POST",
            "/v1/records/forms?unit=s",
            "ts,id,v,j,b\n1735689600,a,7,\"{\"\"x\"\":[1]}\",true\n1735689601.5,b,,,\n",
            "Content-Type",
            "text/csv");
    assertThat(json(csv).getInteger("inserted")).as(csv.body()).isEqualTo(2);
    HttpResponse<String> lines =
        server.send(
            "POST",
            "/v1/records/forms?on_error=skip",
            "{\"ts\":1735689600000,\"id\":\"a\",\"v\":7,\"j\":{\"x\":[1]},\"b\":true}\n"
                + "{\"ts\":1735689601500,\"id\":\"b\"}\n{\"ts\":1,\"id\":\"c\",\"v\":\"x\"}\n",
            "Content-Type",
            "application/x-ndjson");
    assertThat(json(lines).getInteger("duplicates")).as(lines.body()).isEqualTo(2);
    assertThat(json(lines).getJsonArray("rejected").size()).isEqualTo(1);
  }

  @Test
  void aRowMayFillFourHundredColumns() {
    StringBuilder columns = new StringBuilder();
    StringBuilder row = new StringBuilder("{\"ts\":1,\"id\":\"a\"");
    String[] types = {"decimal", "text", "json", "timestamp", "number"};
    String[] values = {"12345678901234567890.123456789012345678", "\"%s\"", "[\"%s\"]", "1", "0.1"};
    for (int i = 0; i < 398; i++) {
      columns.append(",{\"name\":\"c%d\",\"type\":\"%s\"}".formatted(i, types[i % 5]));
      row.append(",\"c%d\":".formatted(i)).append(values[i % 5].formatted("x".repeat(17) + i));
    }
    assertThat(declare("full", simple("full", columns.toString())).statusCode()).isIn(200, 201);
    HttpResponse<String> answer = server.post("/v1/records/full", "{\"rows\":[" + row + "}]}");
    assertThat(json(answer).getInteger("inserted")).as(answer.body()).isEqualTo(1);
  }

  @Test
  void spacesOfATextAreKeptInCsv() {
    declare("spaced", simple("spaced", ",{\"name\":\"t\",\"type\":\"text\"}"));
    server.send(
        "POST",
        "/v1/records/spaced",
        "ts,id,v,t\n 1 ,a, 7 ,\"  two  \"\n",
        "Content-Type",
        "text/csv");
    assertThat(stored("'<' || t || '>' || v", "spaced")).isEqualTo("<  two  >7");
  }

  @Test
  void theNewestStateOfAKeyIsKeptWhateverComesLater() {
    declare("newest_states", simple("newest_states", ""));
    String rows =
        "{\"rows\":[{\"ts\":%d,\"id\":\"a\",\"v\":1},{\"ts\":%d,\"id\":\"a\",\"v\":2},{\"ts\":%d,\"id\":\"b\",\"v\":3}]}";
    server.post("/v1/records/newest_states", rows.formatted(2000, 3000, 1000));
    server.post("/v1/records/newest_states", "{\"rows\":[{\"ts\":2500,\"id\":\"a\",\"v\":9}]}");
    String latest = "select string_agg(id || v, ',' order by id) from record_latest.newest_states";
    assertThat(TestDatabase.shared().text(latest)).isEqualTo("a2,b3");
    server.post("/v1/records/newest_states", "{\"rows\":[{\"ts\":3000,\"id\":\"a\"}]}");
    assertThat(
            TestDatabase.shared()
                .text(
                    "select coalesce(v::text, 'null') from record_latest.newest_states where id ="
                        + " 'a'"))
        .isEqualTo("null");
    assertThat(TestDatabase.shared().number("select count(*) from record.newest_states"))
        .isEqualTo(4);
  }

  @Test
  void aSocketTakesRecordsInItsStream() {
    declare("socketed", simple("socketed", ""));
    try (IngestSocket socket = IngestSocket.open(URI.create(server.url()))) {
      socket.hello("records");
      socket.say(
          "{\"t\":\"records\",\"kind\":\"socketed\",\"seq\":1,\"unit\":\"s\",\"rows\":["
              + "{\"ts\":1,\"id\":\"a\",\"v\":1},{\"ts\":1,\"id\":\"b\",\"v\":\"x\"}]}");
      socket.say(
          "{\"t\":\"records\",\"kind\":\"nowhere\",\"seq\":2,\"rows\":[{\"ts\":1},{\"ts\":2}]}");
      declare("socketed", simple("socketed", ",{\"name\":\"w\",\"type\":\"text\"}"));
      socket.say(
          "{\"rows\":[{\"ts\":2,\"id\":\"a\",\"w\":\"new\"}],\"seq\":3,\"kind\":\"socketed\",\"unit\":\"s\",\"t\":\"records\"}");
      JsonArray rejected = new JsonArray();
      JsonObject ack;
      do {
        ack = socket.expect("ack");
        rejected.addAll(ack.getJsonArray("rejected"));
      } while (ack.getLong("committed") < 3);
      assertThat(rejected.stream().map(each -> ((JsonObject) each).getString("code")))
          .containsExactly("bad_type", "unknown_kind", "unknown_kind");
    }
    assertThat(
            TestDatabase.shared()
                .text(
                    "select string_agg(extract(epoch from ts)::int || id || coalesce(w, '-'), ','"
                        + " order by ts) from record.socketed"))
        .isEqualTo("1a-,2anew");
  }

  @Test
  void aCommitTellsWhichRowsItBrought() {
    declare("told", simple("told", ""));
    server.post(
        "/v1/records/told",
        "{\"unit\":\"s\",\"rows\":[{\"ts\":1,\"id\":\"a\"},{\"ts\":1,\"id\":\"a\"},{\"ts\":2,\"id\":\"b\"}]}");
    assertThat(
            TestDatabase.shared()
                .text(
                    """
                    select convert_from(u.keys, 'UTF8') from ingest.changes c
                    cross join lateral unnest(c.ids, c.kinds, c.keys) as u (id, kind, keys)
                    join ingest.kinds k on k.number = -u.id
                    where u.kind = 4 and k.kind = 'told'
                    """))
        .isEqualTo("[[1000000,\"a\"],[2000000,\"b\"]]");
  }

  @Test
  void aLineWhoseMeasurementIsAKindIsItsRow() {
    declare(
        "lined",
        simple(
            "lined",
            ",{\"name\":\"at\",\"type\":\"timestamp\"},{\"name\":\"d\",\"type\":\"decimal\"},"
                + "{\"name\":\"j\",\"type\":\"json\"},{\"name\":\"b\",\"type\":\"boolean\"}"));
    String line = "lined,id=a v=7i,at=1735689600i,d=0.10,j=\"{\\\"x\\\":[1]}\",b=t 1735689601\n";
    for (int again = 0; again < 2; again++) {
      assertThat(server.send("POST", "/write?precision=s", line).statusCode()).isEqualTo(204);
    }
    assertThat(
            TestDatabase.shared()
                .text(
                    "select concat_ws(' ', extract(epoch from ts)::int, id, v, extract(epoch from"
                        + " at)::int, d, j, b) from record.lined"))
        .isEqualTo("1735689601 a 7 1735689600 0.10 {\"x\": [1]} t");
    HttpResponse<String> refused =
        server.send("POST", "/write?precision=s", "lined,id=b v=1i 1\nlined,id=c,host=h v=1i 1\n");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).getInteger("line")).isEqualTo(2);
    assertThat(json(refused).getString("message")).contains("host: unknown_field");
    assertThat(TestDatabase.shared().number("select count(*) from record.lined")).isEqualTo(1);
  }

  @Test
  void anIdempotencyKeyHoldsForRecordsToo() {
    declare("once", simple("once", ""));
    String rows = "{\"rows\":[{\"ts\":1,\"id\":\"a\",\"v\":1}]}";
    HttpResponse<String> first =
        server.post("/v1/records/once", rows, "Idempotency-Key", "records-once");
    HttpResponse<String> again =
        server.post("/v1/records/once", rows, "Idempotency-Key", "records-once");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
    HttpResponse<String> other =
        server.post(
            "/v1/records/once", rows.replace(":1}", ":2}"), "Idempotency-Key", "records-once");
    assertThat(json(other).getString("code")).isEqualTo("idempotency_key_reused");
  }
}
