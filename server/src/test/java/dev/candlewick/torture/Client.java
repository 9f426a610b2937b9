package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.function.LongFunction;

/**
 * A client that does what the protocol asks of it and never gives up. It writes down what it sends
 * before it sends it, and what is acked when it hears so.
 */
abstract class Client implements Runnable {
  private static final int MOST_ROWS = 12;
  private static final int MOST_WRONGS = 5;

  final String name;
  final Journal journal;
  private final Random random;
  private final Thread thread;
  private final List<String> wrongs = Collections.synchronizedList(new ArrayList<>());
  private volatile long sent;
  private volatile long acked;
  private volatile boolean stopping;

  Client(String name, Path folder, long seed) {
    this.name = name;
    this.journal = new Journal(folder.resolve(name));
    this.random = new Random(seed ^ name.hashCode());
    this.thread = new Thread(this, "client " + name);
    thread.setDaemon(true);
  }

  /** The rows of one message. */
  record Message(long seq, long first, long last) {
    List<JsonObject> rows(LongFunction<JsonObject> row) {
      List<JsonObject> rows = new ArrayList<>();
      for (long number = first; number <= last; number++) {
        rows.add(row.apply(number));
      }
      return rows;
    }
  }

  /** The stream its messages belong to. */
  String stream() {
    return name;
  }

  /** Where the number of a stored row is: {@code schema.table.column}. */
  abstract String column();

  /** One connection, or one request; returns or fails when it is at its end. */
  abstract void attempt();

  final void start() {
    thread.start();
  }

  @Override
  public final void run() {
    while (!isDone()) {
      try {
        attempt();
      } catch (CompletionException | AssertionError | IllegalStateException notNow) {
        ServerProcess.sleep(50);
      }
    }
  }

  /** The next message; it is written down, and may be sent after the journal's force. */
  final Message make(long seq) {
    Message message = new Message(seq, sent + 1, sent + 1 + random.nextInt(MOST_ROWS));
    journal.sent(seq, message.first(), message.last());
    sent = message.last();
    return message;
  }

  final void acked(long last) {
    if (last > acked) {
      journal.acked(last);
      journal.force();
      acked = last;
    }
  }

  final void wrong(String what) {
    if (wrongs.size() < MOST_WRONGS) {
      wrongs.add(name + ": " + what);
    }
  }

  final boolean makesMore() {
    return !stopping;
  }

  private boolean isDone() {
    return stopping && acked == sent;
  }

  /** Rows that were sent, or were about to be. */
  final long sent() {
    return sent;
  }

  /** Rows up to which everything is acked. */
  final long acked() {
    return acked;
  }

  /** Breaches of the protocol that it met. */
  final List<String> wrongs() {
    synchronized (wrongs) {
      return List.copyOf(wrongs);
    }
  }

  /** Sends nothing new; ends once everything is acked. */
  final void finish() {
    stopping = true;
  }

  final void join(Duration atMost) {
    try {
      thread.join(Math.max(1, atMost.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
