package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one API key may take up, and that another does not feel it. */
class LimitsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int KEY_BUDGET = 1_500_000;

  @TempDir private static Path directory;

  private static TestDatabase database;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws IOException {
    Path keys = directory.resolve("keys");
    Files.writeString(
        keys,
        line(1, "greedy", "")
            + line(2, "small", "")
            + line(3, "third", "")
            + line(4, "fourth", "")
            + line(5, "slow", "rows/s=1000")
            + line(6, "thin", "bytes/s=20000")
            + line(7, "narrow", "sockets=2"));
    database = TestDatabase.empty();
    server =
        ServerProcess.on(
            database,
            "API_KEYS_FILE",
            keys.toString(),
            "HTTP_HOST",
            "127.0.0.1",
            "BUDGET_BYTES",
            Integer.toString(3 * KEY_BUDGET),
            "KEY_BUDGET_BYTES",
            Integer.toString(KEY_BUDGET));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String line(int id, String key, String limits) {
    return TestApiKey.line(id, key, "admin") + " " + limits + "\n";
  }

  private static IngestSocket feed(String key, String stream) {
    IngestSocket socket = IngestSocket.open(server.url(), "X-API-Key", key);
    socket.hello(stream);
    return socket;
  }

  private static HttpResponse<String> post(String key, String symbol, JsonObject... rows) {
    return server.post("/v1/trades", body(symbol, rows), "X-API-Key", key);
  }

  private static JsonObject[] rows(int count) {
    JsonObject[] rows = new JsonObject[count];
    for (int i = 0; i < count; i++) {
      rows[i] = trade(HOUR_AGO + i % 300, 1, 1, i);
    }
    return rows;
  }

  private static String message(long seq, String symbol, int rows) {
    return Messages.trades(seq, symbol, List.of(rows(rows)));
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(status);
    assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
    assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1, 10);
  }

  private static long stored(String symbol) {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  /** Nothing can be committed while this runs; shorter than the lock timeout. */
  private static void whileNothingIsWritten(Runnable test) throws SQLException {
    try (Connection blocking = database.connect();
        Statement statement = blocking.createStatement()) {
      blocking.setAutoCommit(false);
      statement.execute("lock table market.trades in access exclusive mode");
      test.run();
      blocking.rollback();
    }
  }

  /** Sends until told to wait; how many messages were sent. */
  private static long fill(IngestSocket socket, String symbol) {
    for (long seq = 1; seq <= 64; seq++) {
      socket.say(message(seq, symbol, 1_000));
      JsonObject heard = socket.poll(Duration.ofMillis(100));
      if (heard != null) {
        assertThat(heard.getString("t")).as("%s", heard).isEqualTo("busy");
        assertThat(heard.getInteger("retry_ms")).isPositive();
        return seq;
      }
    }
    throw new AssertionError("never busy");
  }

  private static void acksAll(IngestSocket socket, long sent) {
    JsonObject heard = socket.next();
    while (!heard.getString("t").equals("ack") || heard.getLong("committed") < sent) {
      assertThat(heard.getString("t")).isIn("ack", "busy");
      heard = socket.next();
    }
  }

  @Test
  void aKeyThatFillsItsBudgetWaitsAndAnotherDoesNot() throws SQLException {
    List<CompletableFuture<HttpResponse<String>>> small = new ArrayList<>();
    try (IngestSocket greedy = feed("greedy", "greedy")) {
      long[] sent = new long[1];
      whileNothingIsWritten(
          () -> {
            sent[0] = fill(greedy, "GREEDY");
            refused(post("greedy", "GREEDY2", rows(1)), 429, "rate_limited");
            small.add(server.postLater("/v1/trades", body("SMALL", rows(1)), "X-API-Key", "small"));
            greedy.say(message(sent[0] + 1, "GREEDY", 1_000));
            assertThat(greedy.poll(Duration.ofMillis(200))).as("it is not read").isNull();
          });
      assertThat(small.get(0).join().statusCode()).isEqualTo(200);
      acksAll(greedy, sent[0] + 1);
      assertThat(stored("GREEDY")).isEqualTo(1_000);
    }
  }

  @Test
  void refusesRequestsWhileTheProcessHasNoMemoryLeft() throws SQLException {
    try (IngestSocket one = feed("greedy", "full");
        IngestSocket two = feed("small", "full");
        IngestSocket three = feed("third", "full")) {
      List<Long> sent = new ArrayList<>();
      whileNothingIsWritten(
          () -> {
            for (IngestSocket socket : List.of(one, two, three)) {
              sent.add(fill(socket, "FULL"));
            }
            refused(post("fourth", "FULL2", rows(1)), 503, "overloaded");
          });
      acksAll(one, sent.get(0));
      acksAll(two, sent.get(1));
      acksAll(three, sent.get(2));
    }
    assertThat(post("fourth", "FULL2", rows(1)).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesALargeBodyByItsContentLengthWithoutWaitingForIt() throws IOException {
    try (RawHttp client = new RawHttp(server.url())) {
      client.send(
          "POST /v1/trades HTTP/1.1\r\nHost: x\r\nX-API-Key: fourth\r\n"
              + "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: "
              + (KEY_BUDGET + 1)
              + "\r\n\r\n");
      assertThat(client.readToEnd(PATIENCE)).startsWith("HTTP/1.1 429").contains("retry-after: 1");
    }
  }

  @Test
  void aKeyOverItsRowsPerSecondWaitsOnRestAndOnItsSocket() {
    assertThat(post("slow", "SLOW", rows(3_000)).statusCode()).isEqualTo(200);
    refused(post("slow", "SLOW", rows(1)), 429, "rate_limited");
    long start = System.nanoTime();
    try (IngestSocket socket = feed("slow", "slow")) {
      socket.say(message(1, "SLOW", 10));
      socket.say(message(2, "SLOW", 10));
      assertThat(socket.expect("busy").getInteger("retry_ms")).isBetween(1, 2_500);
      acksAll(socket, 2);
    }
    assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000L);
  }

  @Test
  void aKeyOverItsBytesPerSecondWaits() {
    assertThat(post("thin", "THIN", rows(1_000)).statusCode()).isEqualTo(200);
    refused(post("thin", "THIN", rows(1)), 429, "rate_limited");
  }

  @Test
  void aKeyHasNoMoreSocketsThanItMay() {
    try (IngestSocket one = IngestSocket.open(server.url(), "X-API-Key", "narrow");
        IngestSocket two = IngestSocket.open(server.url(), "X-API-Key", "narrow")) {
      assertThat(upgradeStatus("narrow")).isEqualTo(429);
      assertThat(upgradeStatus("small")).isEqualTo(101);
      one.close();
      ServerProcess.await("a place", PATIENCE, () -> upgradeStatus("narrow") == 101);
      assertThat(two.isClosed()).isFalse();
    }
  }

  private static int upgradeStatus(String key) {
    try (IngestSocket socket = IngestSocket.open(server.url(), "X-API-Key", key)) {
      return 101;
    } catch (CompletionException e) {
      return e.getCause() instanceof WebSocketHandshakeException refused
          ? refused.getResponse().statusCode()
          : -1;
    }
  }

  @Test
  void fragmentsOfMessagesThatNeverEndTakeNoMoreThanTheKeysMemory() {
    List<RawSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        RawSocket socket = RawSocket.open(server.url(), "X-API-Key", "fourth");
        sockets.add(socket);
        socket.frame(RawSocket.TEXT, new byte[250_000]);
        if (i < 5) {
          // Sockets are on several event loops: these are to be the first.
          socket.frame(RawSocket.FIN | RawSocket.PING, new byte[0]);
          assertThat(socket.read()).extracting(RawSocket.Frame::opcode).isEqualTo(RawSocket.PONG);
        }
      }
      for (RawSocket socket : sockets.subList(5, 8)) {
        assertThat(socket.json().getString("t")).isEqualTo("busy");
        assertThat(socket.json().getString("code")).isEqualTo("overloaded");
        assertThat(socket.closeCode()).isEqualTo(1013);
      }
    } finally {
      sockets.forEach(RawSocket::close);
    }
    ServerProcess.await(
        "memory", PATIENCE, () -> post("fourth", "FRAGMENTS", rows(1_000)).statusCode() == 200);
  }

  @Test
  void tellsAnAddressThatOffersManyWrongKeysToWaitButTakesARightOne() {
    int unauthorized = 0;
    HttpResponse<String> answer = post("wrong", "WRONG", rows(1));
    for (; answer.statusCode() == 401 && unauthorized < 200; unauthorized++) {
      answer = post("wrong" + unauthorized, "WRONG", rows(1));
    }
    assertThat(unauthorized).isBetween(20, 150);
    refused(answer, 429, "rate_limited");
    assertThat(post("small", "RIGHT", rows(1)).statusCode()).isEqualTo(200);
  }
}
