package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ObjLongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that send slowly, or read nothing: each is closed by a deadline. All of them begin
 * together, since each takes its ten seconds; meanwhile others are served.
 */
class SlowClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static TestDatabase database;
  private static ServerProcess server;
  private static ExecutorService clients;
  private static final Map<String, CompletableFuture<Ended>> ENDS = new LinkedHashMap<>();

  /** What a client heard to the end, and after how long the end came. */
  private record Ended(String heard, Duration after) {}

  private interface Client {
    String run() throws IOException;
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.empty();
    server = ServerProcess.on(database);
    clients = Executors.newCachedThreadPool();
    String head = "POST /v1/trades HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    begin("body that never comes", () -> drip(head + "Content-Length: 100\r\n\r\n", ""));
    begin("body in drips", () -> drip(head + "Content-Length: 100\r\n\r\n", " "));
    begin("chunks in drips", () -> drip(head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
    begin(
        "gzip in drips",
        () -> drip(head + "Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n", "\037"));
    begin("headers that never end", () -> drip("GET /livez HTTP/1.1\r\n", ""));
    begin("headers in drips", () -> drip("GET /livez HTTP/1.1\r\n", "X-Slow: 1\r\n"));
    begin("request line in drips", () -> drip("", "G"));
    begin("acks that are never read", SlowClientsIT::neverReadsAcks);
    begin("pongs that are never read", SlowClientsIT::neverReadsPongs);
  }

  @AfterAll
  static void stop() {
    clients.shutdownNow();
    server.close();
  }

  private static void begin(String name, Client client) {
    long start = System.nanoTime();
    ENDS.put(
        name,
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new Ended(client.run(), Duration.ofNanos(System.nanoTime() - start));
              } catch (IOException e) {
                throw new IllegalStateException(name, e);
              }
            },
            clients));
  }

  /** Sends the beginning, then a drip every half second, until the server ends it. */
  private static String drip(String beginning, String drip) throws IOException {
    try (RawHttp client = new RawHttp(server.url())) {
      client.send(beginning);
      CompletableFuture<Void> dripping =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < 50 && !drip.isEmpty(); i++) {
                    client.send(drip);
                    ServerProcess.sleep(500);
                  }
                } catch (IOException ended) {
                  // The server has closed.
                }
              },
              clients);
      String heard = client.readToEnd(PATIENCE);
      dripping.cancel(false);
      return heard;
    }
  }

  /** Rows that are all refused make long acks; pings fill the rest sooner. */
  private static String neverReadsAcks() {
    String message = Messages.trades(0, "DEAF", Collections.nCopies(100, trade(HOUR_AGO, "x", 1)));
    return neverReads(
        "deaf",
        (feed, n) -> {
          for (int i = 0; i < 1_000; i++) {
            feed.add(RawSocket.FIN | RawSocket.PING, new byte[125], true);
          }
          feed.text(message.replace("\"seq\":0,", "\"seq\":" + n + ","));
        });
  }

  private static String neverReadsPongs() {
    byte[] ping = new byte[125];
    return neverReads("flood", (feed, n) -> feed.frame(RawSocket.FIN | RawSocket.PING, ping));
  }

  /** Sends and reads nothing until the server has given up; then reads what it said. */
  private static String neverReads(String stream, ObjLongConsumer<RawSocket> send) {
    try (RawSocket feed = RawSocket.open(server.url())) {
      feed.hello(stream);
      clients.submit(
          () -> {
            for (long n = 1; !server.hasSaid(stream); n++) {
              send.accept(feed, n);
            }
          });
      ServerProcess.await("the end of " + stream, PATIENCE, () -> server.hasSaid(stream));
      return "closed " + feed.closeCode();
    }
  }

  private static Ended endOf(String name) {
    return Objects.requireNonNull(ENDS.get(name)).join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"body that never comes", "body in drips", "chunks in drips", "gzip in drips"})
  void answers408ToASlowBodyAndCloses(String which) {
    Ended end = endOf(which);
    assertThat(end.heard()).startsWith("HTTP/1.1 408").contains("request_timeout");
    assertThat(end.after()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"headers that never end", "headers in drips", "request line in drips"})
  void closesASlowHead(String which) {
    assertThat(endOf(which).after()).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(14));
  }

  @ParameterizedTest
  @ValueSource(strings = {"acks that are never read", "pongs that are never read"})
  void closesAFeedThatNeverReads(String which) {
    assertThat(endOf(which).heard()).isEqualTo("closed 1008");
  }

  @Test
  void servesOthersMeanwhile() {
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      assertThat(server.post("/v1/trades", body("OTHER", trade(HOUR_AGO, 1, 1, i))).statusCode())
          .isEqualTo(200);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }
}
