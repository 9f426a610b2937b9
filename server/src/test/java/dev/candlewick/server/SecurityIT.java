package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as a stranger meets it. The table in monitoring/README.md names these tests. */
class SecurityIT {
  private static final String WRITER = "writer-key-8d1f";
  private static final String OTHER_WRITER = "writer-key-77aa";
  private static final String READER = "reader-key-2c77";
  private static final String GOOD_LINES =
      TestApiKey.line(1, WRITER, "ingest")
          + "\n"
          + TestApiKey.line(2, READER, "read")
          + " # charts\n";

  @TempDir private static Path directory;

  private static Path keys;
  private static RunningServer server;

  @BeforeAll
  static void start() throws IOException {
    keys = directory.resolve("keys");
    Files.writeString(keys, GOOD_LINES);
    server =
        RunningServer.with(
            Map.of(
                "API_KEYS_FILE", keys.toString(),
                "HTTP_HOST", "127.0.0.1",
                "ALLOWED_ORIGINS", "https://charts.example.com",
                "HTTP_CONNECTIONS_PER_ADDRESS", "40"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void restoreKeys() throws Exception {
    Files.writeString(keys, GOOD_LINES);
    await(() -> status("/metrics", "X-API-Key", READER) == 200);
    await(() -> upgradeStatus(WRITER, null) == 101);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("within 5 s").isLessThan(giveUp);
      Thread.sleep(50);
    }
  }

  private static int status(String path, String... headers) {
    return server.get(path, headers).statusCode();
  }

  private static CompletableFuture<WebSocket> socket(
      @Nullable String key, @Nullable String origin) {
    return socket(key, origin, new WebSocket.Listener() {});
  }

  private static CompletableFuture<WebSocket> socket(
      @Nullable String key, @Nullable String origin, WebSocket.Listener listener) {
    return socket("/v1/ingest", key, origin, listener);
  }

  private static CompletableFuture<WebSocket> socket(
      String path, @Nullable String key, @Nullable String origin, WebSocket.Listener listener) {
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    if (key != null) {
      builder.header("X-API-Key", key);
    }
    if (origin != null) {
      builder.header("Origin", origin);
    }
    return builder.buildAsync(URI.create("ws://127.0.0.1:" + server.port() + path), listener);
  }

  private static int upgradeStatus(@Nullable String key, @Nullable String origin) {
    try {
      socket(key, origin).join().abort();
      return 101;
    } catch (CompletionException e) {
      return e.getCause() instanceof WebSocketHandshakeException refused
          ? refused.getResponse().statusCode()
          : -1;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/instruments, Authorization, Bearer reader-key-2c77, 200",
    "/v1/instruments, X-API-Key, reader-key-2c77, 200",
    "/v1/instruments, Authorization, Bearer nobody, 401",
    "/v1/instruments, Authorization, Basic cmVhZGVyOng=, 401",
    "/v1/instruments, Accept, application/json, 401",
    "/v1/instruments, X-API-Key, writer-key-8d1f, 403",
    "/metrics, Accept, text/plain, 401",
    "/metrics, X-API-Key, reader-key-2c77, 200",
    "/livez, Accept, application/json, 200",
    "/readyz, Accept, application/json, 200"
  })
  void asksForAKeyOfTheRightScope(String path, String header, String value, int status) {
    assertThat(status(path, header, value)).isEqualTo(status);
  }

  @Test
  void asksForAKeyBeforeTheUpgrade() {
    assertThat(upgradeStatus(null, null)).isEqualTo(401);
    assertThat(upgradeStatus(READER, null)).isEqualTo(403);
    assertThat(upgradeStatus(WRITER, null)).isEqualTo(101);
  }

  @ParameterizedTest
  @ValueSource(strings = {"api_key", "key", "token", "access_token", "X-API-Key"})
  void takesNoKeyFromTheQueryString(String parameter) {
    assertThat(status("/v1/instruments?" + parameter + "=" + READER)).isEqualTo(401);
  }

  @Test
  void refusesAKeyInTheQueryStringEvenBesideOneInTheHeader() {
    assertThat(status("/v1/instruments?api_key=" + READER, "X-API-Key", READER)).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/ingest, writer-key-8d1f",
    "/v1/subscribe, reader-key-2c77",
    "/ws, reader-key-2c77"
  })
  void revocationClosesLiveSocketsWithinFiveSeconds(String path, String key) throws Exception {
    CompletableFuture<String> ended = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            ended.complete("closed " + code);
            return null;
          }

          @Override
          public void onError(WebSocket socket, Throwable cause) {
            ended.complete("broken");
          }
        };
    socket(path, key, null, listener).join();
    boolean writer = key.equals(WRITER);
    Files.writeString(keys, GOOD_LINES.lines().toList().get(writer ? 1 : 0) + "\n");
    assertThat(ended.get(5, TimeUnit.SECONDS)).isNotEmpty();
    await(() -> status("/metrics", "X-API-Key", READER) == (writer ? 200 : 401));
  }

  @Test
  void revocationAlsoEndsASocketThatNeverAnswers() throws Exception {
    try (RawSocket silent = RawSocket.open(server.uri(""), "X-API-Key", WRITER)) {
      Files.writeString(keys, TestApiKey.line(2, READER, "read") + "\n");
      long start = System.nanoTime();
      while (silent.read() != null) {
        // its close frame, which is not answered
      }
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }
  }

  @Test
  void socketsThatHaveEndedCountNoLonger() throws Exception {
    for (int i = 0; i < 60; i++) {
      assertThat(upgradeStatus(WRITER, null)).as("socket %s for 40 places", i).isEqualTo(101);
      await(() -> openConnections() < 30);
    }
  }

  @Test
  void anUnreadableFileOfKeysChangesNothingAndAnEmptyOneRevokesAll() throws Exception {
    Files.writeString(keys, "1 everything xyz\n");
    Thread.sleep(2_500);
    assertThat(status("/metrics", "X-API-Key", READER)).isEqualTo(200);
    Files.writeString(keys, "# none\n");
    await(() -> status("/metrics", "X-API-Key", READER) == 401);
    assertThat(status("/metrics")).isEqualTo(401);
  }

  @Test
  void keysHaveStreamsOfTheirOwn() throws Exception {
    try (RawSocket first = RawSocket.open(server.uri(""), "X-API-Key", WRITER)) {
      first.hello("shared");
      first.text(Messages.trades(1, "OWN", List.of(Messages.trade(Messages.HOUR_AGO, 1, 1))));
      first.ackOf(1);
      Files.writeString(keys, GOOD_LINES + TestApiKey.line(3, OTHER_WRITER, "ingest") + "\n");
      await(() -> upgradeStatus(OTHER_WRITER, null) == 101);
      try (RawSocket second = RawSocket.open(server.uri(""), "X-API-Key", OTHER_WRITER)) {
        assertThat(second.hello("shared").getLong("next_seq")).isEqualTo(1);
      }
      // Not fenced by the other's hello.
      first.text(Messages.trades(2, "OWN", List.of(Messages.trade(Messages.HOUR_AGO, 2, 1))));
      assertThat(first.ackOf(2).getLong("committed")).isEqualTo(2);
      assertThat(status("/v1/rejects?stream=shared", "X-API-Key", OTHER_WRITER)).isEqualTo(403);
    }
  }

  @Test
  void refusesSocketsFromPagesOfOtherOrigins() {
    String own = "http://127.0.0.1:" + server.port();
    assertThat(upgradeStatus(WRITER, "https://evil.example.com")).isEqualTo(403);
    assertThat(upgradeStatus(WRITER, "null")).isEqualTo(403);
    assertThat(upgradeStatus(WRITER, own)).isEqualTo(101);
    assertThat(upgradeStatus(WRITER, "https://charts.example.com")).isEqualTo(101);
  }

  @ParameterizedTest
  @CsvSource({"https://charts.example.com, https://charts.example.com", "https://evil.com, ''"})
  void letsOnlyPagesOfAllowedOriginsRead(String origin, String told) {
    HttpResponse<String> answer = server.get("/udf/time", "X-API-Key", READER, "Origin", origin);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""))
        .isEqualTo(told);
  }

  @Test
  void refusesWritesFromPagesOfOtherOrigins() {
    String[] headers = {"X-API-Key", WRITER, "Origin", "https://evil.example.com"};
    assertThat(server.post("/v1/trades", "{\"rows\":[]}", headers).statusCode()).isEqualTo(403);
  }

  @Test
  void closesAConnectionThatDripsItsHeaders() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(500);
      socket.getOutputStream().write("GET /livez HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
      long start = System.nanoTime();
      boolean open = true;
      while (open && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
        try {
          socket.getOutputStream().write("X-Slow: 1\r\n".getBytes(StandardCharsets.UTF_8));
          open = socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException stillOpen) {
          open = true;
        } catch (IOException reset) {
          open = false;
        }
      }
      assertThat(open).isFalse();
      assertThat(System.nanoTime() - start)
          .isBetween(TimeUnit.SECONDS.toNanos(8), TimeUnit.SECONDS.toNanos(15));
    }
  }

  @Test
  void closesConnectionsOverTheCapOfAnAddressAndGivesTheirPlacesBack() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    long held = openConnections();
    try {
      for (int i = 0; i < 60; i++) {
        sockets.add(new Socket("127.0.0.1", server.port()));
      }
      long closed = sockets.stream().filter(SecurityIT::isClosed).count();
      // 60 for 40 places, of which the tests before may still hold some.
      assertThat(closed).isBetween(20L, 20 + held);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await(() -> upgradeStatus(WRITER, null) == 101);
  }

  private static long openConnections() {
    return server
        .get("/metrics", "X-API-Key", READER)
        .body()
        .lines()
        .filter(line -> line.startsWith("candlewick_http_connections_open "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isClosed(Socket socket) {
    try {
      socket.setSoTimeout(200);
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void listensToOthersOnlyWithKeys() {
    for (String host : List.of("0.0.0.0", "::")) {
      assertThatThrownBy(() -> RunningServer.with(Map.of("HTTP_HOST", host)))
          .hasMessageContaining("no API keys")
          .hasMessageContaining("CANDLEWICK_API_KEYS_FILE");
    }
  }

  @Test
  void refusesAFileOfKeysThatEverybodyMayWrite() throws IOException {
    Path file = Files.writeString(directory.resolve("open-keys"), GOOD_LINES);
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> ApiKeys.load(file)).hasMessageContaining("everybody may write");
  }
}
