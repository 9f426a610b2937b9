package dev.candlewick.server.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.candlewick.server.NodeClients;
import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The examples that write an order's life. */
class OrderExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "ingest", "examples");

  private static RunningServer server;

  /**
   * Before the server: the first request of each script gets a 503, the second one's answer is
   * lost.
   */
  private static HttpServer front;

  private static final Map<String, Integer> REQUESTS = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
    for (String kind : List.of("orders", "fills")) {
      String declaration = Files.readString(Path.of("..", "sql", "kinds", kind + ".json"));
      String path = "/v1/kinds/" + kind;
      assertThat(
              server
                  .send("PUT", path, declaration, "Content-Type", "application/json")
                  .statusCode())
          .isIn(200, 201);
    }
    front = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    front.createContext("/", OrderExamplesIT::pass);
    front.start();
  }

  private static void pass(HttpExchange request) throws IOException {
    String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String order = body.contains("\"A-1\"") ? "A-1" : "A-2";
    int count = REQUESTS.merge(order, 1, Integer::sum);
    if (count == 1) {
      request.sendResponseHeaders(503, -1);
      request.close();
      return;
    }
    HttpResponse<String> answer =
        server.send(
            "POST", request.getRequestURI().getPath(), body, "Content-Type", "application/json");
    if (count > 2) {
      byte[] text = answer.body().getBytes(StandardCharsets.UTF_8);
      request.sendResponseHeaders(answer.statusCode(), text.length);
      request.getResponseBody().write(text);
    }
    request.close();
  }

  @AfterAll
  static void stop() {
    front.stop(0);
    server.close();
  }

  @Test
  void pythonWritesAnOrdersLifeThroughAnOutage() throws IOException, InterruptedException {
    run(NodeClients.pythonWith("json"), EXAMPLES.resolve("order.py").toString());
    assertWritten("A-1");
  }

  @Test
  void javaScriptWritesAnOrdersLifeThroughAnOutage() throws IOException, InterruptedException {
    NodeClients.requireNode();
    Path script = Files.createTempDirectory("order").resolve("order.mjs");
    Files.copy(EXAMPLES.resolve("order.js"), script, StandardCopyOption.REPLACE_EXISTING);
    run("node", script.toString());
    assertWritten("A-2");
  }

  private static void run(String program, String script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(program, script, "http://127.0.0.1:" + front.getAddress().getPort())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", said).isZero();
  }

  private static JsonArray rows(String path) {
    return new JsonObject(server.send("GET", path, "").body()).getJsonArray("rows");
  }

  private static void assertWritten(String order) {
    String orders = "/v1/records/orders?order_id=" + order;
    assertThat(rows(orders).stream().map(row -> ((JsonObject) row).getString("status")))
        .containsExactly("pending", "submitted", "partially_filled", "filled");
    JsonObject now = rows(orders + "&latest=true").getJsonObject(0);
    assertThat(now.getString("exchange_order_id")).startsWith("8712");
    assertThat(now.getDouble("avg_fill_price")).isEqualTo(61_700.34);
    assertThat(rows("/v1/records/fills?order_id=" + order)).hasSize(2);
  }
}
