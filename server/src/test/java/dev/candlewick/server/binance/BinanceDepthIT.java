package dev.candlewick.server.binance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.server.RunningServer;
import dev.candlewick.server.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinanceDepthIT {
  private static final long START = System.currentTimeMillis() - 60_000;

  private static RunningServer server;
  private static long time;

  @BeforeAll
  static void start() throws IOException {
    TestDatabase.shared().clear();
    server = RunningServer.with(Map.of());
    String books = Files.readString(Path.of("..", "sql", "kinds", "books.json"));
    assertThat(send("PUT", "/v1/kinds/books", books).statusCode()).isIn(200, 201);
    book("ETHUSDT", 5, "");
    book("BTCUSDT", 1, "[99,1]");
    String unknown = "{\"base\":\"SOL\"}";
    assertThat(send("PUT", "/v1/instruments/binance/SOLUSDT", unknown).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> send(String method, String path, String body) {
    return server.send(method, path, body, "Content-Type", "application/json");
  }

  private static void book(String symbol, long number, String bids) {
    String row =
        """
        {"rows":[{"ts":%d,"venue":"binance","symbol":"%s","last_update_id":%d,"bids":[%s],
                  "asks":[[101.5,3],[101.25,"0.001"]]}]}
        """
            .formatted(START + time++, symbol, number, bids);
    HttpResponse<String> answer = send("POST", "/v1/records/books", row);
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
  }

  private static String depth(String query) {
    return send("GET", "/api/v3/depth?" + query, "").body();
  }

  @Test
  void theNewestBookIsTheBestFirst() {
    book("BTCUSDT", 2, "[\"100.1\",\"2.5\"],[100.2,1]");
    assertThat(depth("symbol=BTCUSDT"))
        .isEqualTo(
            """
            {"lastUpdateId":2,"bids":[["100.20000000","1.00000000"],["100.10000000","2.50000000"]],\
            "asks":[["101.25000000","0.00100000"],["101.50000000","3.00000000"]]}\
            """);
    assertThat(new JsonObject(depth("symbol=BTCUSDT&limit=1")).getJsonArray("bids")).hasSize(1);
    assertThat(depth("symbol=SOLUSDT")).isEqualTo("{\"lastUpdateId\":0,\"bids\":[],\"asks\":[]}");
  }

  @ParameterizedTest
  @CsvSource({"symbol=NONE, -1121", "limit=5, -1102", "symbol=BTCUSDT&limit=x, -1100"})
  void refusesInItsOwnWords(String query, int code) {
    assertThat(new JsonObject(depth(query)).getInteger("code")).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"btcusdt@depth20, 2", "btcusdt@depth5@100ms, 2"})
  void aStreamTellsTheBookAndEachChange(String name, int levels) {
    try (StreamSocket socket = StreamSocket.open(URI.create(server.url()), "/ws/" + name)) {
      JsonObject first = Objects.requireNonNull(socket.poll(Duration.ofSeconds(10)));
      assertThat(first.getJsonArray("bids")).hasSizeGreaterThanOrEqualTo(1);
      book("ETHUSDT", 99, "[1,1]");
      long next = first.getLong("lastUpdateId") + 1;
      book("BTCUSDT", next, "[100.5,1],[100.4,1]");
      JsonObject changed = Objects.requireNonNull(socket.poll(Duration.ofSeconds(10)));
      assertThat(changed.getLong("lastUpdateId")).isEqualTo(next);
      assertThat(changed.getJsonArray("bids")).hasSize(levels);
    }
  }
}
