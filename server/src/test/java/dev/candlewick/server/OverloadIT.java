package dev.candlewick.server;

import static dev.candlewick.server.Messages.HOUR_AGO;
import static dev.candlewick.server.Messages.body;
import static dev.candlewick.server.Messages.trade;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Far more than can be written, and whatever is made to fill memory: the server keeps within its
 * bounds, a heap of 256 MB and 64 MB beside it, would end if it did not, and goes on writing.
 */
class OverloadIT {
  private static final int KEYS = 5;
  private static final int SOCKETS_PER_KEY = 8;
  private static final int ROWS = 500;
  private static final Duration OVERLOAD = Duration.ofSeconds(5);

  /** Heap, direct memory, and what a JVM takes beside them: code, classes, stacks, collector. */
  private static final long RESIDENT_KB = (256 + 64 + 180) * 1_024;

  @TempDir private static Path directory;

  private static TestDatabase database;
  private static ServerProcess server;
  private static ExecutorService clients;

  @BeforeAll
  static void start() throws IOException {
    Path keys = directory.resolve("keys");
    StringBuilder lines = new StringBuilder();
    for (int id = 1; id <= KEYS; id++) {
      lines.append(TestApiKey.line(id, "key" + id, "admin")).append('\n');
    }
    Files.writeString(keys, lines + TestApiKey.line(99, "small", "admin") + "\n");
    database = TestDatabase.empty();
    // One writer and small batches: a slow database.
    server =
        ServerProcess.on(
            database,
            "API_KEYS_FILE",
            keys.toString(),
            "HTTP_HOST",
            "127.0.0.1",
            "INGEST_LANES",
            "1",
            "BATCH_ROWS",
            "500",
            "HTTP_CONNECTIONS_PER_ADDRESS",
            "2000",
            "KEY_SOCKETS",
            "1000");
    clients = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stop() {
    clients.shutdownNow();
    server.close();
  }

  /** A feed that heeds neither window nor busy; it knows how far it was acked. */
  private static final class Reckless {
    private final RawSocket socket;
    private final String stream;
    private CompletableFuture<?> running = CompletableFuture.completedFuture(null);
    private volatile boolean stopping;
    private volatile long acked;
    private volatile long sent;

    Reckless(String key, String stream) {
      this.stream = stream;
      this.socket = RawSocket.open(server.url(), "X-API-Key", key);
      socket.hello(stream);
    }

    void start() {
      running =
          CompletableFuture.allOf(
              CompletableFuture.runAsync(this::send, clients),
              CompletableFuture.runAsync(this::read, clients));
    }

    private void send() {
      List<JsonObject> rows =
          IntStream.range(0, ROWS).mapToObj(i -> trade(HOUR_AGO + i, 1, 1)).toList();
      String message = Messages.trades(0, stream, rows);
      for (long seq = 1; !stopping; seq++) {
        socket.send(textFrame(message.replace("\"seq\":0,", "\"seq\":" + seq + ",")));
        sent = seq;
      }
    }

    private void read() {
      for (RawSocket.Frame f = socket.read(); f != null && !stopping; f = socket.read()) {
        if (f.opcode() == RawSocket.TEXT && f.text().contains("\"t\":\"ack\"")) {
          acked = new JsonObject(f.text()).getLong("committed");
        }
      }
    }

    void stop() {
      stopping = true;
      socket.close();
      running.exceptionally(closed -> null).join();
    }

    void check() {
      long stored = stored(stream);
      assertThat(stored % ROWS).isZero();
      assertThat(stored / ROWS).isBetween(acked, sent + 1);
    }
  }

  private static long stored(String symbol) {
    return database.number(
        "select count(*) from market.trades join market.instruments on id = instrument_id"
            + " where symbol = '%s'".formatted(symbol));
  }

  private static HttpResponse<String> post(String key, String symbol, long id) {
    return server.post("/v1/trades", body(symbol, trade(HOUR_AGO, 1, 1, id)), "X-API-Key", key);
  }

  private static long metric(String name) {
    return server.metric(name, "X-API-Key", "small");
  }

  private static void keepsWithinItsMemory() {
    assertThat(server.status("VmHWM")).as("kB resident at most").isBetween(1L, RESIDENT_KB);
    assertThat(server.hasSaid("OutOfMemoryError")).isFalse();
  }

  @Test
  void manyTimesMoreThanCanBeWrittenFillsNoMemoryAndStarvesNobody() {
    List<Reckless> feeds = new ArrayList<>();
    for (int key = 1; key <= KEYS; key++) {
      for (int i = 0; i < SOCKETS_PER_KEY; i++) {
        feeds.add(new Reckless("key" + key, "R" + key + "-" + i));
      }
    }
    feeds.forEach(Reckless::start);
    long end = System.nanoTime() + OVERLOAD.toNanos();
    int answered = 0;
    Duration slowest = Duration.ZERO;
    while (System.nanoTime() < end) {
      long asked = System.nanoTime();
      if (post("small", "SMALL", answered).statusCode() == 200) {
        answered++;
      }
      Duration took = Duration.ofNanos(System.nanoTime() - asked);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }
    long busy = metric("candlewick_ingest_busy_total");
    feeds.forEach(Reckless::stop);
    long acked = feeds.stream().mapToLong(feed -> feed.acked).sum();
    long sent = feeds.stream().mapToLong(feed -> feed.sent).sum();
    System.out.printf(
        "overload: %d rows sent, %d acked in %s; busy told %d times; another key answered %d times,"
            + " slowest %s; %d kB resident at most%n",
        sent * ROWS, acked * ROWS, OVERLOAD, busy, answered, slowest, server.status("VmHWM"));
    assertThat(busy).isPositive();
    assertThat(acked).isPositive();
    assertThat(answered).isPositive();
    keepsWithinItsMemory();
    ServerProcess.await(
        "everything taken is written",
        Duration.ofSeconds(60),
        () -> metric("candlewick_ingest_budget_used_bytes") == 0);
    feeds.forEach(Reckless::check);
    assertThat(stored("SMALL")).isGreaterThanOrEqualTo(answered);
  }

  @Test
  void nothingThatIsMadeToFillMemoryFillsIt() throws IOException {
    List<RawSocket> sockets = new ArrayList<>();
    List<RawHttp> connections = new ArrayList<>();
    List<CompletableFuture<?>> requests = new ArrayList<>();
    try {
      byte[] halfAFrame = frame(RawSocket.FIN | RawSocket.TEXT, 262_000);
      byte[] fragment = frame(RawSocket.TEXT, 250_000);
      for (int i = 0; i < 150; i++) {
        // Half a frame, which is held beside the heap until it is whole.
        RawSocket half = RawSocket.open(server.url(), "X-API-Key", "key" + (i % KEYS + 1));
        half.send(halfAFrame);
        sockets.add(half);
      }
      for (int i = 0; i < 100; i++) {
        // A message that never ends.
        RawSocket endless = RawSocket.open(server.url(), "X-API-Key", "key" + (i % KEYS + 1));
        endless.send(fragment);
        sockets.add(endless);
      }
      for (int i = 0; i < 100; i++) {
        RawHttp head = new RawHttp(server.url());
        head.send("GET /livez HTTP/1.1\r\nX-Long: " + "x".repeat(7_000));
        connections.add(head);
      }
      byte[] bomb = gzip(new byte[64 << 20]);
      for (int i = 0; i < 4; i++) {
        String key = "key" + (i % KEYS + 1);
        requests.add(CompletableFuture.runAsync(() -> postBadBodies(key, bomb), clients));
      }
      CompletableFuture.allOf(requests.toArray(new CompletableFuture<?>[0]))
          .exceptionally(refused -> null)
          .join();
    } finally {
      sockets.forEach(RawSocket::close);
      for (RawHttp connection : connections) {
        connection.close();
      }
    }
    System.out.printf("bad input: %d kB resident at most%n", server.status("VmHWM"));
    keepsWithinItsMemory();
    ServerProcess.await(
        "a good request is taken",
        Duration.ofSeconds(30),
        () -> post("small", "AFTER", 1).statusCode() == 200);
  }

  @Test
  void rowsThatComeOneByOneAreWrittenInFullBatches() {
    double batches = metric("candlewick_ingest_batch_rows_count");
    double rows = metric("candlewick_ingest_batch_rows_sum");
    long start = System.nanoTime();
    List<CompletableFuture<?>> clientsDone = new ArrayList<>();
    for (int client = 0; client < 64; client++) {
      int first = client * 1_000;
      clientsDone.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 50; i++) {
                  assertThat(post("small", "TINY", first + i).statusCode()).isEqualTo(200);
                }
              },
              clients));
    }
    CompletableFuture.allOf(clientsDone.toArray(new CompletableFuture<?>[0])).join();
    double seconds = (System.nanoTime() - start) / 1e9;
    rows = metric("candlewick_ingest_batch_rows_sum") - rows;
    batches = metric("candlewick_ingest_batch_rows_count") - batches;
    System.out.printf(
        "one row a request, 64 connections: %.0f rows in %.0f transactions, %.0f rows/s%n",
        rows, batches, rows / seconds);
    assertThat(rows).isEqualTo(64 * 50);
    assertThat(rows / batches).isGreaterThan(8);
  }

  @Test
  void messagesOfOneRowOfManyFeedsAreWrittenInFullBatches() {
    List<IngestSocket> feeds = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      IngestSocket feed = IngestSocket.open(server.url(), "X-API-Key", "small");
      feed.hello("tiny-" + i);
      feeds.add(feed);
    }
    double batches = metric("candlewick_ingest_batch_rows_count");
    for (int seq = 1; seq <= 60; seq++) {
      for (IngestSocket feed : feeds) {
        feed.say(Messages.trades(seq, "TINY-WS", List.of(trade(HOUR_AGO, 1, 1))));
      }
    }
    feeds.forEach(feed -> feed.ackOf(60));
    batches = metric("candlewick_ingest_batch_rows_count") - batches;
    feeds.forEach(IngestSocket::close);
    assertThat(stored("TINY-WS")).isEqualTo(32 * 60);
    assertThat(32 * 60 / batches).isGreaterThan(5);
  }

  /** Of up to 65 535 bytes, with a mask of zeros, which costs the sender nothing. */
  private static byte[] textFrame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + payload.length)
        .put((byte) (RawSocket.FIN | RawSocket.TEXT))
        .put((byte) (0x80 | 126))
        .putShort((short) payload.length)
        .putInt(0)
        .put(payload)
        .array();
  }

  /** The head of a frame that claims so many bytes, and 250 000 of them. */
  private static byte[] frame(int first, int claimed) {
    return ByteBuffer.allocate(14 + 250_000)
        .put((byte) first)
        .put((byte) 0xFF)
        .putLong(claimed)
        .array();
  }

  private static void postBadBodies(String key, byte[] bomb) {
    String[] headers = {"X-API-Key", key, "Content-Encoding", "gzip"};
    server.post("/v1/trades", "application/json", bomb, headers);
    String empty = "{\"rows\":[" + "{},".repeat(99_999) + "{}]}";
    server.post("/v1/trades", empty, "X-API-Key", key);
    server.post("/v1/trades", " ".repeat(16 << 20), "X-API-Key", key);
    server.post("/v1/trades", "[".repeat(1_000_000), "X-API-Key", key);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(plain);
    }
    return zipped.toByteArray();
  }
}
