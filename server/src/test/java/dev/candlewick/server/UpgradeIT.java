package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines and quotas follow what was upgraded, not what a header says. */
class UpgradeIT {
  private static final String KEY = "both-5512";
  private static final String GOOD_KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private static Path directory;
  private static RunningServer server;
  private static Vertx quick;

  @BeforeAll
  static void start() throws IOException {
    quick = Vertx.vertx();
    Path keys = directory.resolve("keys");
    Files.writeString(keys, TestApiKey.line(1, KEY, "ingest,read") + " sockets=1\n");
    server = RunningServer.with(Map.of("API_KEYS_FILE", keys.toString(), "HTTP_HOST", "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    server.close();
    quick.close().await();
  }

  private static String said(String requestLine, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(requestLine).append("\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    try (RawHttp raw = new RawHttp(server.uri(""))) {
      raw.send(request.append("X-API-Key: " + KEY + "\r\n\r\n").toString());
      return raw.readHead(SOON);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/v1/instruments?limit=1", "/v1/candles", "/none"})
  void aHeaderAloneTakesNoSocketOfItsKey(String path) throws IOException {
    try (RawHttp raw = new RawHttp(server.uri(""))) {
      for (int i = 0; i < 3; i++) {
        raw.send(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: "
                + KEY
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(raw.readHead(SOON)).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 429");
      }
      try (RawSocket socket = RawSocket.open(server.uri(""), "X-API-Key", KEY)) {
        assertThat(socket.hello("alone-" + path.length()).getString("t")).isEqualTo("welcome");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/livez, Upgrade: websocket",
    "/livez, Connection: Upgrade",
    "/slow, Upgrade: websocket",
  })
  void noHeaderTakesADeadlineAway(String path, String header) throws IOException {
    try (RawHttp raw = new RawHttp(quick(new CompletableFuture<>()))) {
      raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");
      raw.readToEnd(SOON);
    }
  }

  /** More than the kernel takes: what is left is not waited for. */
  @Test
  void aClientThatDoesNotReadItsAnswerIsCut() throws IOException {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    try (RawHttp raw = new RawHttp(quick(gone))) {
      raw.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(gone).succeedsWithin(SOON);
    }
  }

  /** A server with short deadlines; {@code gone}: once a connection is. */
  private static URI quick(CompletableFuture<Void> gone) {
    HttpConfig config = new HttpConfig(null, 0, null, null, Set.of(), 10, 10, 10);
    Connections connections =
        new Connections(
            quick, config, new Connections.Deadlines(2_000, 500, 500), new SimpleMeterRegistry());
    Router router = Router.router(quick);
    router.route().handler(connections::asked);
    router.get("/livez").handler(ctx -> ctx.end("up"));
    router.get("/big").handler(ctx -> ctx.end(Buffer.buffer(new byte[64 << 20])));
    router.get("/slow").handler(ctx -> ctx.response().setChunked(true));
    HttpServer http =
        quick
            .createHttpServer()
            .connectionHandler(
                connection -> {
                  connections.opened(connection);
                  connection.closeHandler(closed -> gone.complete(null));
                })
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await();
    return URI.create("http://127.0.0.1:" + http.actualPort());
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v1/ingest HTTP/1.1, Sec-WebSocket-Version: 13, Sec-WebSocket-Key: c2hvcnQ=, 400",
    "GET /v1/ingest HTTP/1.1, Sec-WebSocket-Version: 13, Sec-WebSocket-Key: not base64!, 400",
    "GET /v1/ingest HTTP/1.1, Sec-WebSocket-Version: 13, X-None: 1, 400",
    "GET /v1/subscribe HTTP/1.1, Sec-WebSocket-Version: 8, " + GOOD_KEY + ", 426",
    "GET /ws HTTP/1.1, Sec-WebSocket-Version: 8, " + GOOD_KEY + ", 426",
    "GET /ws HTTP/1.1, X-None: 1, " + GOOD_KEY + ", 426",
    "GET /v1/ingest HTTP/1.0, Sec-WebSocket-Version: 13, " + GOOD_KEY + ", 400",
  })
  void refusesABrokenHandshake(String line, String version, String key, int status)
      throws IOException {
    String said = said(line, "Upgrade: websocket", "Connection: Upgrade", version, key);
    assertThat(said).startsWith("HTTP/1.").contains(" " + status + " ");
    if (status == 426) {
      assertThat(said.toLowerCase(java.util.Locale.ROOT)).contains("sec-websocket-version: 13");
    }
  }

  @Test
  void anUpgradeNeedsTheConnectionOptionToo() throws IOException {
    assertThat(
            said(
                "GET /v1/ingest HTTP/1.1",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                GOOD_KEY))
        .startsWith("HTTP/1.1 400");
  }
}
