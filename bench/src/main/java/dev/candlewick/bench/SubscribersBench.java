package dev.candlewick.bench;

import dev.candlewick.bench.LatencyBench.Latencies;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many subscribers while trades come in at a steady rate: half of them follow the trades of one
 * instrument each, half its one-minute candles, and one follows all trades and reports how old they
 * are. Some more ask for all trades and never read; the server has to get rid of them. Its heap
 * after full collections shows whether memory grows.
 */
final class SubscribersBench {
  private static final int SUBSCRIBERS = 1_000;
  private static final int INSTRUMENTS = 50;
  private static final int SLOW = 10;

  /** A server that has just started is compiling itself. */
  private static final int WARM_UP_SECONDS = 5;

  private static final String LAG = "candlewick_event_loop_lag_seconds";
  private static final String CLOSED = "candlewick_live_closed_total{reason=\"slow_consumer\"}";
  private static final String USED = "jvm_memory_used_bytes{area=\"heap\"";

  private final URI server;
  private final ProcessHandle process;
  private final Cpu cpu;
  private final Figures figures;
  private final HttpClient http = HttpClient.newHttpClient();
  private final LongAdder messages = new LongAdder();
  private final LongAdder closed = new LongAdder();

  SubscribersBench(URI server, ProcessHandle process, Cpu cpu, Figures figures) {
    this.server = server;
    this.process = process;
    this.cpu = cpu;
    this.figures = figures;
  }

  /** Measures for {@code seconds}, with {@code rate} trades a second. */
  void run(IngestBench ingest, int rate, int seconds) throws Exception {
    Vertx vertx = Vertx.vertx();
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    // Kept until the end: Vert.x closes a client that is garbage collected.
    WebSocketClient client =
        vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(SUBSCRIBERS));
    try {
      subscribe(client);
      List<BenchSocket> slow = openSlow();
      double closedBefore = metric(CLOSED);
      heap("at the start");
      BenchTrades trades =
          new BenchTrades(3, INSTRUMENTS, System.currentTimeMillis(), rate / 1_000);
      LatencyBench latency = new LatencyBench(server, INSTRUMENTS);
      latency.run(ingest, trades, rate, WARM_UP_SECONDS);
      DoubleAccumulator gap = new DoubleAccumulator(Math::max, 0);
      watch.scheduleAtFixedRate(() -> gap.accumulate(lag()), 50, 50, TimeUnit.MILLISECONDS);
      double serverSeconds = cpu.serverSeconds();
      double databaseSeconds = cpu.databaseSeconds();
      long before = messages.sum();
      long start = System.nanoTime();
      Latencies latencies = latency.run(ingest, trades, rate, seconds);
      double took = (System.nanoTime() - start) / 1e9;
      figures.add("1,000 subscribers, messages", "1/s", null, (messages.sum() - before) / took);
      for (String share : List.of("p50", "p99")) {
        double quantile = share.equals("p50") ? 0.5 : 0.99;
        double acked = Figures.quantile(latencies.toAck(), quantile);
        double told = Figures.quantile(latencies.toSubscriber(), quantile);
        figures.add("  trade to ack beside them, " + share, "ms", null, acked);
        figures.add("  trade to subscriber beside them, " + share, "ms", null, told);
      }
      figures.add(
          "  database", "processors", null, (cpu.databaseSeconds() - databaseSeconds) / took);
      figures.add("  server", "processors", null, (cpu.serverSeconds() - serverSeconds) / took);
      figures.add("  event loop, longest gap seen", "ms", null, gap.get() * 1_000);
      double closedSlow = metric(CLOSED) - closedBefore;
      figures.add("  subscribers closed", "of 1,000", null, closed.sum());
      figures.add("  subscribers that never read closed", "of " + SLOW, null, closedSlow);
      heap("at the end");
      for (BenchSocket socket : slow) {
        socket.close();
      }
    } finally {
      watch.shutdownNow();
      client.close().await();
      vertx.close().await();
    }
  }

  private void subscribe(WebSocketClient client) throws InterruptedException, TimeoutException {
    CountDownLatch live = new CountDownLatch(SUBSCRIBERS);
    for (int i = 0; i < SUBSCRIBERS; i++) {
      WebSocket socket =
          client.connect(server.getPort(), server.getHost(), "/v1/subscribe").await();
      socket.textMessageHandler(
          message -> {
            messages.increment();
            if (message.startsWith("{\"t\":\"live\"")) {
              live.countDown();
            }
          });
      socket.closeHandler(gone -> closed.increment());
      JsonObject wish = wish(i % INSTRUMENTS, i / INSTRUMENTS % 2 == 0 ? "trades" : "candles");
      socket.writeTextMessage(wish.encode());
    }
    if (!live.await(1, TimeUnit.MINUTES)) {
      throw new TimeoutException(live.getCount() + " subscribers are not live after a minute");
    }
  }

  private static JsonObject wish(int instrument, String channel) {
    JsonObject wish =
        new JsonObject()
            .put("t", "subscribe")
            .put("id", instrument + 1)
            .put("channel", channel)
            .put("venue", BenchTrades.VENUE)
            .put("symbol", BenchTrades.symbol(instrument))
            .put("last", 1);
    return channel.equals("candles") ? wish.put("timeframe", "1m") : wish;
  }

  private List<BenchSocket> openSlow() throws IOException {
    List<BenchSocket> slow = new ArrayList<>();
    for (int i = 0; i < SLOW; i++) {
      BenchSocket socket = BenchSocket.open(server, "/v1/subscribe");
      for (int instrument = 0; instrument < INSTRUMENTS; instrument++) {
        socket.send(wish(instrument, "trades"));
      }
      slow.add(socket);
    }
    return slow;
  }

  /** The live heap; NaN if the Java running this has no jcmd. */
  private void heap(String when) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    double used = Double.NaN;
    if (Files.isExecutable(jcmd)) {
      new ProcessBuilder(jcmd.toString(), String.valueOf(process.pid()), "GC.run")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      used = metric(USED) / (1 << 20);
    }
    figures.add("  server, heap after a full collection, " + when, "MB", null, used);
  }

  private double lag() {
    try {
      return metric(LAG);
    } catch (IOException | InterruptedException e) {
      return 0;
    }
  }

  /** The sum of the samples whose line starts like this. */
  private double metric(String sample) throws IOException, InterruptedException {
    HttpRequest scrape = HttpRequest.newBuilder(server.resolve("/metrics")).build();
    return http.send(scrape, BodyHandlers.ofLines())
        .body()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
