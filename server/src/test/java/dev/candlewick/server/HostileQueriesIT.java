package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.OpenApi.Operation;
import dev.candlewick.server.web.Cursor;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that some databases, files or logs would obey, in every parameter of every GET. */
class HostileQueriesIT {
  private static final OpenApi API = new OpenApi();
  private static final Duration SOON = Duration.ofSeconds(2);

  private static final List<String> TEXTS =
      List.of(
          "'",
          "\\",
          "1; select pg_sleep(5)",
          "' || (select pg_sleep(5))::text || '",
          "') or pg_sleep(5) is not null --",
          "\u0000",
          "../../etc/passwd",
          "${jndi:ldap://127.0.0.1/a}",
          "a\r\nSet-Cookie: a=b",
          "x".repeat(500));

  /** What makes a request of every operation a good one. */
  private static final Map<String, String> GOOD =
      Map.of(
          "venue", "binance",
          "symbol", "BTCUSDT",
          "stream", "feed-7",
          "timeframe", "1m",
          "interval", "1m",
          "resolution", "1");

  private static RunningServer server;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
    String row = "{\"symbol\":\"BTCUSDT\",\"ts\":%d,\"price\":1,\"size\":1}";
    String body = "{\"venue\":\"binance\",\"rows\":[" + row + "]}";
    assertThat(server.post("/v1/trades", body.formatted(System.currentTimeMillis())).statusCode())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Operation> reads() {
    return API.operations().stream()
        .filter(operation -> operation.method().equals("GET"))
        .filter(operation -> !names(operation).isEmpty());
  }

  private static Set<String> names(Operation operation) {
    Map<String, String> names = new TreeMap<>();
    API.parameters(operation).forEach(name -> names.put(name, ""));
    GOOD.keySet().stream()
        .filter(name -> operation.path().contains("{" + name + "}"))
        .forEach(name -> names.put(name, ""));
    return names.keySet();
  }

  @ParameterizedTest
  @MethodSource("reads")
  void obeysNoParameter(Operation operation) {
    for (String name : names(operation)) {
      for (String text : TEXTS) {
        obeys(operation, name, text);
      }
    }
    assertThat(TestDatabase.shared().number("select count(*) from market.instruments")).isOne();
  }

  /** A cursor is opaque, but anybody can make one. */
  @ParameterizedTest
  @MethodSource("reads")
  void obeysNoCursor(Operation operation) {
    if (!names(operation).contains("cursor")) {
      return;
    }
    String kind = operation.path().replaceFirst(".*/", "");
    for (String text : TEXTS) {
      obeys(operation, "cursor", Cursor.write(kind, text, 1L));
      obeys(operation, "cursor", Cursor.write(kind, text, text));
    }
  }

  private static void obeys(Operation operation, String name, String text) {
    long start = System.nanoTime();
    HttpResponse<String> answer = answer(operation, name, text);
    String what = operation + " " + name + "=" + text + ": " + answer.body();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(what).isLessThan(SOON);
    assertThat(answer.statusCode()).as(what).isIn(200, 400, 404);
    assertThat(answer.headers().map()).as(what).doesNotContainKey("set-cookie");
    assertThat(answer.body())
        .as(what)
        .doesNotContain("pg_catalog", "PgException", "SQLSTATE", "syntax error", "root:", "\tat ");
  }

  /** Of a good request in which one parameter is this text. */
  private static HttpResponse<String> answer(Operation operation, String name, String text) {
    Map<String, String> values = new TreeMap<>(GOOD);
    values.put(name, text);
    String path = operation.path();
    StringBuilder query = new StringBuilder();
    for (String each : names(operation)) {
      String value = values.get(each);
      String encoded = value == null ? "" : URLEncoder.encode(value, StandardCharsets.UTF_8);
      if (path.contains("{" + each + "}")) {
        path = path.replace("{" + each + "}", encoded.replace("+", "%20"));
      } else if (value != null) {
        query.append(query.isEmpty() ? "?" : "&").append(each).append("=").append(encoded);
      }
    }
    return server.get(path + query);
  }
}
