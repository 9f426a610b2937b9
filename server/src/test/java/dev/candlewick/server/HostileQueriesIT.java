package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.OpenApi.Operation;
import dev.candlewick.server.web.Cursor;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that a database, a shell or a log would obey, in every parameter of every GET; and load. */
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
          "kind", "orders",
          "plan", "futures",
          "name", "model",
          "timeframe", "1m",
          "interval", "1m",
          "resolution", "1");

  private static final ExecutorService clients = Executors.newCachedThreadPool();
  private static RunningServer server;

  @BeforeAll
  static void start() {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of("DB_READ_POOL", "2", "DB_READ_QUEUE", "4"));
    String row = body("BTCUSDT", trade(HOUR_AGO, 1, 1));
    assertThat(server.post("/v1/trades", row).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    clients.shutdownNow();
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

  @Test
  void readersThatAskForTooMuchWaitForNobodysWrites() throws Exception {
    String path = "/v1/candles?venue=binance&symbol=BTCUSDT&timeframe=1m&limit=";
    assertThat(server.get(path + "1000000000").statusCode()).isEqualTo(400);
    List<CompletableFuture<Integer>> readers = new ArrayList<>();
    try (Connection slow = TestDatabase.shared().connect();
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute("lock table market.candles_1m in access exclusive mode");
      for (int i = 0; i < 50; i++) {
        readers.add(CompletableFuture.supplyAsync(() -> status(path + 10), clients));
      }
      // Two read, four wait, the others are told so.
      ServerProcess.await("44 answers", SOON, () -> done(readers) >= 44);
      String row = body("BTCUSDT", trade(HOUR_AGO, 2, 1));
      long start = System.nanoTime();
      assertThat(server.post("/v1/trades", row).statusCode()).isEqualTo(200);
      assertThat(server.get("/livez").statusCode()).isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
      slow.rollback();
    }
    long refused = readers.stream().filter(reader -> reader.join() == 503).count();
    assertThat(refused).isBetween(44L, 50L);
    assertThat(server.get(path + 10).statusCode()).isEqualTo(200);
  }

  private static long done(List<CompletableFuture<Integer>> readers) {
    return readers.stream().filter(CompletableFuture::isDone).count();
  }

  private static int status(String path) {
    return server.get(path).statusCode();
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
