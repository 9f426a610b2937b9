package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A feed that does what the protocol asks of it and never gives up: it connects again, resends from
 * {@code next_seq}, and is done once it is awaited and everything is acked: until then it goes on,
 * a message at a time after those it is meant for. Each row has a number of its own as its price,
 * and each sending of it another id, so that a row that was written twice is seen as two.
 */
final class SteadyFeed implements Runnable {
  private static final int WINDOW = 32;

  /** Between messages after those it is meant for: a fault that comes late still finds it alive. */
  private static final long PAUSE_MILLIS = 20;

  private final Supplier<URI> server;
  private final String stream;
  private final long messages;
  private final int rows;
  private final LongFunction<String> message;
  private final Thread thread;
  private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
  private final List<String> ends = Collections.synchronizedList(new ArrayList<>());
  private long sendings;
  private long next;
  private volatile long acked;
  private volatile boolean awaited;
  private volatile boolean stopping;
  private volatile int connections;

  SteadyFeed(Supplier<URI> server, String stream, long messages, int rows) {
    this(server, stream, messages, rows, null);
  }

  /** {@code message}: the text of each seq; trades where it is null. */
  SteadyFeed(
      Supplier<URI> server,
      String stream,
      long messages,
      int rows,
      @Nullable LongFunction<String> message) {
    this.message = message == null ? this::message : message;
    this.server = server;
    this.stream = stream;
    this.messages = messages;
    this.rows = rows;
    this.thread = new Thread(this, "feed " + stream);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    while (!isDone()) {
      try (IngestSocket socket = IngestSocket.open(server.get())) {
        connections++;
        session(socket);
      } catch (CompletionException | AssertionError notNow) {
        ServerProcess.sleep(30);
      }
    }
  }

  private boolean isDone() {
    return stopping || (awaited && acked >= messages && next == acked + 1);
  }

  /** All it is meant for at once, then one after another until it is awaited. */
  private boolean mayGo(long seq) {
    return seq <= messages ? seq - acked <= WINDOW : !awaited && seq - acked <= 1;
  }

  private void session(IngestSocket socket) {
    next = socket.hello(stream).getLong("next_seq");
    if (next <= acked) {
      faults.add("acked up to " + acked + ", but next_seq is " + next);
    }
    acked = next - 1;
    while (!isDone()) {
      for (; mayGo(next); next++) {
        if (next > messages) {
          ServerProcess.sleep(PAUSE_MILLIS);
        }
        if (!socket.trySay(message.apply(next))) {
          break;
        }
      }
      JsonObject heard = socket.poll(Duration.ofMillis(500));
      if (heard != null && !heard.getString("t").equals("ack")) {
        ends.add(heard.encode());
        if (!heard.getString("t").matches("drain|busy")) {
          return;
        }
      } else if (heard != null) {
        long committed = heard.getLong("committed");
        if (committed < acked) {
          faults.add("acks went back from " + acked + " to " + committed);
        }
        acked = committed;
      }
    }
  }

  private String message(long seq) {
    List<JsonObject> trades = new ArrayList<>();
    for (int i = 1; i <= rows; i++) {
      long number = (seq - 1) * rows + i;
      long ts = Messages.HOUR_AGO + number % 300 * 1_000;
      trades.add(Messages.trade(ts, number, 1, ++sendings));
    }
    return Messages.trades(seq, stream, trades);
  }

  long acked() {
    return acked;
  }

  /** How often it has connected. */
  int connections() {
    return connections;
  }

  /** What it heard that was no ack, the ends of its connections among it. */
  List<String> ends() {
    synchronized (ends) {
      return List.copyOf(ends);
    }
  }

  /** What went against the protocol. */
  List<String> faults() {
    synchronized (faults) {
      return List.copyOf(faults);
    }
  }

  void stop() {
    stopping = true;
    join(Duration.ofSeconds(20));
  }

  private void join(Duration atMost) {
    try {
      thread.join(atMost.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Waits until everything is acked: the server must have come back to life by then. */
  void awaitDone(Duration atMost) {
    awaited = true;
    join(atMost);
    assertThat(thread.isAlive()).as("%s acked of %s; heard %s", acked, messages, ends).isFalse();
  }

  /** Every acked row is stored, exactly once, and nothing that was not sent. */
  void check(TestDatabase database) {
    assertThat(faults).isEmpty();
    long sent = acked * rows;
    String stored =
        database.text(
            """
            select count(*) || ' ' || count(distinct price) || ' ' || coalesce(min(price), 0)
              || ' ' || coalesce(max(price), 0)
            from market.trades join market.instruments on id = instrument_id where symbol = '%s'
            """
                .formatted(stream));
    if (awaited) {
      assertThat(stored).isEqualTo(sent + " " + sent + " 1 " + sent);
    } else {
      String[] counts = stored.split(" ");
      assertThat(counts[0]).as("rows, distinct rows").isEqualTo(counts[1]);
      assertThat(Long.parseLong(counts[0])).isGreaterThanOrEqualTo(acked * rows);
      assertThat(counts[3]).as("without a hole").isEqualTo(counts[0]);
    }
  }

  /** The minutes tell the same as the trades. */
  void checkCandles(TestDatabase database) {
    String volume =
        "select coalesce(sum(volume), 0)::bigint from market.candles_1m"
            + " join market.instruments on id = instrument_id where symbol = '%s'"
                .formatted(stream);
    ServerProcess.await(
        "candles of " + stream,
        Duration.ofSeconds(20),
        () -> database.number(volume) == acked * rows);
  }
}
