package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.client.format.Kind;
import dev.candlewick.record.MarketColumn;
import dev.candlewick.record.MarketColumn.Use;
import dev.candlewick.record.MarketKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every declared column of trades, quotes and candles by every way in, and in every answer. */
class MarketKindsIT {
  private static final OpenApi API = new OpenApi();
  private static final long MINUTE = 60_000;

  /** A full minute, an hour ago. */
  private static final long TS = (System.currentTimeMillis() / MINUTE - 60) * MINUTE;

  private static RunningServer server;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A value unlike those of other columns. */
  private static Object value(MarketKind kind, MarketColumn column) {
    int place = kind.columns().indexOf(column);
    if (!column.declared().values().isEmpty()) {
      String word = column.declared().values().get(0);
      return column.isList() ? new JsonArray().add(word) : word;
    }
    return switch (column.type()) {
      case NUMBER ->
          column.name().equals("high") ? 1000.5 : column.name().equals("low") ? 1.5 : place + 100.5;
      case INTEGER -> place + 100;
      case BOOLEAN -> true;
      default -> "v" + place;
    };
  }

  private static JsonObject values(MarketKind kind) {
    JsonObject values = new JsonObject();
    for (MarketColumn column : kind.columns()) {
      if (column.use() == Use.VALUE) {
        values.put(column.name(), value(kind, column));
      }
    }
    return values;
  }

  private static String subject(MarketKind kind, String symbol) {
    boolean timeframe = kind.sent().contains("timeframe");
    return "venue=test&symbol=" + symbol + (timeframe ? "&timeframe=1m" : "");
  }

  private static void written(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 204);
  }

  private static JsonObject read(MarketKind kind, String symbol) {
    HttpResponse<String> answer =
        server.get("/v1/" + kind.word() + "?" + subject(kind, symbol) + "&from=" + TS);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body()).getJsonArray(kind.word()).getJsonObject(0);
  }

  private static void assertStored(MarketKind kind, String symbol) {
    JsonObject row = read(kind, symbol);
    assertThat(row.fieldNames()).as("in order").containsExactlyElementsOf(kind.answered());
    for (Map.Entry<String, Object> sent : values(kind)) {
      assertThat(row.getValue(sent.getKey())).as(sent.getKey()).isEqualTo(sent.getValue());
    }
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void comesInAsJson(MarketKind kind) {
    String body =
        new JsonObject().put("rows", new JsonArray().add(values(kind).put("ts", TS))).encode();
    written(server.post("/v1/" + kind.word() + "?" + subject(kind, "JSON"), body));
    assertStored(kind, "JSON");
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void comesInAsLinesOfJson(MarketKind kind) {
    String line = values(kind).put("ts", TS).put("venue", "test").put("symbol", "LINES").encode();
    String timeframe = kind.sent().contains("timeframe") ? "?timeframe=1m" : "";
    written(
        server.send(
            "POST",
            "/v1/" + kind.word() + timeframe,
            line,
            "Content-Type",
            "application/x-ndjson"));
    assertStored(kind, "LINES");
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void comesInAsCsvAndGoesOutWithTheSameHeader(MarketKind kind) {
    List<String> names = new ArrayList<>(List.of("ts"));
    List<String> cells = new ArrayList<>(List.of(String.valueOf(TS)));
    values(kind)
        .forEach(
            entry -> {
              names.add(entry.getKey());
              cells.add(
                  entry.getValue() instanceof JsonArray words
                      ? words.getString(0)
                      : entry.getValue().toString());
            });
    written(
        server.send(
            "POST",
            "/v1/" + kind.word() + "?" + subject(kind, "CSV"),
            String.join(",", names) + "\n" + String.join(",", cells) + "\n",
            "Content-Type",
            "text/csv"));
    assertStored(kind, "CSV");
    String csv =
        server
            .get("/v1/" + kind.word() + "?" + subject(kind, "CSV") + "&format=csv&from=" + TS)
            .body();
    assertThat(csv.lines().findFirst()).hasValue(String.join(",", kind.answered()));
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void comesInAsALine(MarketKind kind) {
    List<String> fields = new ArrayList<>();
    values(kind)
        .forEach(
            entry -> {
              Object value = entry.getValue();
              String text =
                  value instanceof JsonArray words ? words.getString(0) : value.toString();
              boolean quoted = value instanceof String || value instanceof JsonArray;
              String suffix = value instanceof Integer ? "i" : "";
              fields.add(entry.getKey() + "=" + (quoted ? '"' + text + '"' : text + suffix));
            });
    String timeframe = kind.sent().contains("timeframe") ? ",timeframe=1m" : "";
    written(
        server.send(
            "POST",
            "/api/v2/write?precision=ms",
            kind.word()
                + ",venue=test,symbol=LINE"
                + timeframe
                + " "
                + String.join(",", fields)
                + " "
                + TS));
    assertStored(kind, "LINE");
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void comesInByWebSocketAndIsFollowedLive(MarketKind kind) {
    JsonObject message =
        new JsonObject()
            .put("t", kind.word())
            .put("seq", 1)
            .put("venue", "test")
            .put("symbol", "SOCKET")
            .put("rows", new JsonArray().add(values(kind).put("ts", TS)));
    JsonObject question =
        new JsonObject()
            .put("t", "subscribe")
            .put("id", 1)
            .put("channel", kind.word())
            .put("venue", "test")
            .put("symbol", "SOCKET")
            .put("last", 1);
    if (kind.sent().contains("timeframe")) {
      message.put("timeframe", "1m");
      question.put("timeframe", "1m");
    }
    try (IngestSocket feed = IngestSocket.open(server.uri(""))) {
      feed.hello("kinds-" + kind.word());
      feed.say(message.encode());
      assertThat(feed.ackOf(1).getJsonArray("rejected")).isEmpty();
    }
    assertStored(kind, "SOCKET");
    try (IngestSocket live = IngestSocket.at(server.uri(""), "/v1/subscribe")) {
      live.say(question.encode());
      JsonObject row = live.expect("snapshot").getJsonArray("rows").getJsonObject(0);
      assertThat(row).isEqualTo(read(kind, "SOCKET"));
    }
  }

  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void isDescribedWithTheSameColumns(MarketKind kind) {
    String one = kind.word().substring(0, 1).toUpperCase(Locale.ROOT) + kind.word().substring(1);
    one = one.substring(0, one.length() - 1);
    JsonObject in = properties(one + "In");
    JsonObject out = properties(one);
    assertThat(in.fieldNames()).containsExactlyInAnyOrderElementsOf(kind.sent());
    assertThat(new TreeSet<>(API.resolved(API.schema(one)).getJsonArray("required").getList()))
        .isEqualTo(new TreeSet<>(kind.answered()));
    assertThat(out.fieldNames()).containsAll(kind.answered());
  }

  /** The client knows the wire contract alone, and so has its own words for what rows there are. */
  @ParameterizedTest
  @EnumSource(MarketKind.class)
  void theClientHasTheSameColumns(MarketKind kind) {
    Kind its =
        Kind.MARKET.stream().filter(k -> k.name().equals(kind.word())).findAny().orElseThrow();
    List<MarketColumn> values =
        kind.columns().stream().filter(column -> column.use() == Use.VALUE).toList();
    assertThat(its.fields()).isEqualTo(values.stream().map(MarketColumn::name).toList());
    for (MarketColumn column : values) {
      String type = column.isList() ? "words" : column.type().word();
      assertThat(its.types().get(column.name()))
          .as(column.name())
          .isEqualTo(column.name().equals("id") ? "id" : type);
    }
    for (MarketColumn column : kind.columns()) {
      boolean beside = column.use() == Use.SUBJECT;
      assertThat(its.subject().contains(column.name())).as(column.name()).isEqualTo(beside);
      assertThat(its.derives(column.name())).isEqualTo(column.use() == Use.DERIVED);
    }
  }

  private static JsonObject properties(String schema) {
    return API.resolved(API.schema(schema)).getJsonObject("properties");
  }
}
