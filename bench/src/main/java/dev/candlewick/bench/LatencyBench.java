package dev.candlewick.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The age of a trade when its feed gets the ack and when a subscriber gets the trade, at a steady
 * rate. Time counts from when a message should have been sent, not from when it could be: a stall
 * affects everything that waits behind it.
 */
final class LatencyBench {
  private static final int MESSAGES_A_SECOND = 100;

  private final URI server;
  private final int instruments;

  LatencyBench(URI server, int instruments) {
    this.server = server;
    this.instruments = instruments;
  }

  /** Milliseconds of each trade. */
  record Latencies(double[] toAck, double[] toSubscriber) {}

  /**
   * Sends {@code rate} trades a second on one stream for some seconds, with one subscriber to all
   * instruments.
   *
   * @param trades the market; its next trades are sent
   */
  Latencies run(IngestBench ingest, BenchTrades trades, int rate, int seconds) throws Exception {
    int rows = rate / MESSAGES_A_SECOND;
    List<BenchTrades.Message> messages = trades.next(rate * seconds, rows);
    List<byte[]> frames = new ArrayList<>();
    messages.forEach(message -> frames.add(message.frame(frames.size() + 1)));
    long[] due = new long[frames.size()];
    double[] toAck = new double[frames.size()];
    AtomicLongArray toSubscriber = new AtomicLongArray(rate * seconds);
    try (FeedStream stream = ingest.openStream();
        BenchSocket subscriber = BenchSocket.open(server, "/v1/subscribe")) {
      subscribe(subscriber);
      long start = System.nanoTime() + 100_000_000;
      Arrays.setAll(due, i -> start + i * (1_000_000_000L / MESSAGES_A_SECOND));
      stream.onCommitted(seq -> acked(toAck, due, (int) seq));
      long firstId = messages.get(0).firstId();
      Thread reader =
          new Thread(() -> read(subscriber, firstId, toSubscriber, due, rows), "subscriber");
      reader.setDaemon(true);
      reader.start();
      for (int i = 0; i < due.length; i++) {
        LockSupport.parkNanos(due[i] - System.nanoTime());
        stream.send(frames.get(i));
      }
      stream.flush();
      reader.join(10_000);
    }
    return new Latencies(toAck, milliseconds(toSubscriber));
  }

  private static double[] milliseconds(AtomicLongArray nanos) throws IOException {
    double[] times = new double[nanos.length()];
    for (int i = 0; i < times.length; i++) {
      if (nanos.get(i) == 0) {
        throw new IOException("the subscriber did not get every trade within 10 s");
      }
      times[i] = nanos.get(i) / 1e6;
    }
    return times;
  }

  private static void acked(double[] toAck, long[] due, int seq) {
    long now = System.nanoTime();
    for (int i = seq - 1; i >= 0 && toAck[i] == 0; i--) {
      toAck[i] = (now - due[i]) / 1e6;
    }
  }

  private void subscribe(BenchSocket socket) throws IOException {
    for (int i = 0; i < instruments; i++) {
      socket.send(
          new JsonObject()
              .put("t", "subscribe")
              .put("id", i + 1)
              .put("channel", "trades")
              .put("venue", BenchTrades.VENUE)
              .put("symbol", BenchTrades.symbol(i))
              .put("last", 1));
    }
    for (int live = 0; live < instruments; ) {
      JsonObject message = socket.receive();
      if ("live".equals(message.getString("t"))) {
        live++;
      } else if (!"snapshot".equals(message.getString("t"))) {
        throw new IOException("not subscribed: " + message);
      }
    }
  }

  /** Until each trade has come once. */
  private static void read(
      BenchSocket socket, long firstId, AtomicLongArray latencies, long[] due, int rows) {
    try {
      for (int left = latencies.length(); left > 0; ) {
        JsonArray updates = socket.receive("update").getJsonArray("rows");
        long now = System.nanoTime();
        for (int i = 0; i < updates.size(); i++) {
          int trade = (int) (updates.getJsonObject(i).getLong("id") - firstId);
          if (latencies.compareAndSet(trade, 0, now - due[trade / rows])) {
            left--;
          }
        }
      }
    } catch (IOException closed) {
      // The caller notices which trades did not come.
    }
  }
}
