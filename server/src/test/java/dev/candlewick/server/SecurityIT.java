package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
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

  /** In every file of keys, so that waiting for one to be read spends no wrong tries. */
  private static final String WATCHER = "watcher-key-31cc";

  private static final String WATCHER_LINE = TestApiKey.line(9, WATCHER, "read,admin") + "\n";
  private static final String WRITER_LINE = TestApiKey.line(1, WRITER, "ingest") + "\n";
  private static final String READER_LINE = TestApiKey.line(2, READER, "read") + " # charts\n";
  private static final String GOOD_LINES = WRITER_LINE + READER_LINE + WATCHER_LINE;

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
    setKeys(GOOD_LINES, 3);
    await(() -> upgradeStatus(WRITER, null) == 101);
  }

  private static void setKeys(String lines, int count) throws Exception {
    Files.writeString(keys, lines);
    await(() -> metric("candlewick_api_keys") == count && keysFileRefused() == 0);
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
    "/v1/instruments, X-MBX-APIKEY, reader-key-2c77, 401",
    "/api/v3/time, X-MBX-APIKEY, reader-key-2c77, 200",
    "/api/v3/time, X-MBX-APIKEY, nobody, 401",
    "/api/v3/time, X-MBX-APIKEY, writer-key-8d1f, 403",
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
    HttpResponse<String> answer = server.get(path, header, value);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
        .isEqualTo(status == 401);
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
    Files.writeString(keys, (writer ? READER_LINE : WRITER_LINE) + WATCHER_LINE);
    assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo("closed 1008");
    await(() -> status("/metrics", "X-API-Key", READER) == (writer ? 200 : 401));
  }

  @Test
  void revocationAlsoEndsASocketThatNeverAnswers() throws Exception {
    try (RawSocket silent = RawSocket.open(server.uri(""), "X-API-Key", WRITER)) {
      Files.writeString(keys, READER_LINE + WATCHER_LINE);
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

  @ParameterizedTest
  @ValueSource(strings = {"1 everything xyz\n", "# none\n", ""})
  void aFileOfKeysThatCouldNotBeStartedWithChangesNothingAndIsTold(String lines) throws Exception {
    Files.writeString(keys, lines);
    await(() -> keysFileRefused() == 1);
    assertThat(status("/metrics", "X-API-Key", READER)).isEqualTo(200);
    assertThat(upgradeStatus(WRITER, null)).isEqualTo(101);
    assertThat(status("/metrics")).isEqualTo(401);
    setKeys(GOOD_LINES, 3);
  }

  private static long keysFileRefused() {
    return metric("candlewick_api_keys_file_refused");
  }

  @Test
  void aKeyWithoutAdminSeesTheStreamsAndRejectsOfItsOwnIdAlone() throws Exception {
    String own = "own-reader-key-90ab";
    setKeys(
        GOOD_LINES
            + TestApiKey.line(3, OTHER_WRITER, "ingest")
            + "\n"
            + TestApiKey.line(1, own, "read")
            + "\n",
        5);
    for (String key : List.of(WRITER, OTHER_WRITER)) {
      try (RawSocket feed = RawSocket.open(server.uri(""), "X-API-Key", key)) {
        feed.hello("same-name");
        feed.text(Messages.trades(1, "SEEN", List.of(Messages.trade(Messages.HOUR_AGO, "x", 1))));
        feed.ackOf(1);
      }
    }
    String rejects = "/v1/rejects?stream=same-name";
    assertThat(owners(server.get(rejects, "X-API-Key", own).body(), "rejects")).containsOnly(1);
    assertThat(owners(server.get("/v1/streams", "X-API-Key", own).body(), "streams"))
        .containsOnly(1);
    assertThat(owners(server.get("/v1/streams", "X-API-Key", READER).body(), "streams")).isEmpty();
    assertThat(status("/v1/streams/same-name", "X-API-Key", READER)).isEqualTo(404);
    assertThat(status("/v1/streams/same-name", "X-API-Key", own)).isEqualTo(200);
    assertThat(owners(server.get(rejects, "X-API-Key", READER).body(), "rejects")).isEmpty();
    assertThat(owners(server.get(rejects, "X-API-Key", WATCHER).body(), "rejects"))
        .containsExactlyInAnyOrder(1, 3);
  }

  private static List<Integer> owners(String answer, String list) {
    return new JsonObject(answer)
        .getJsonArray(list).stream()
            .map(row -> ((JsonObject) row).getInteger("api_key_id"))
            .toList();
  }

  @Test
  void keysHaveStreamsOfTheirOwn() throws Exception {
    try (RawSocket first = RawSocket.open(server.uri(""), "X-API-Key", WRITER)) {
      first.hello("shared");
      first.text(Messages.trades(1, "OWN", List.of(Messages.trade(Messages.HOUR_AGO, 1, 1))));
      first.ackOf(1);
      setKeys(GOOD_LINES + TestApiKey.line(3, OTHER_WRITER, "ingest") + "\n", 4);
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
    return metric("candlewick_http_connections_open");
  }

  private static long metric(String name) {
    return server
        .get("/metrics", "X-API-Key", WATCHER)
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
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
