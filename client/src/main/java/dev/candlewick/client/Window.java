package dev.candlewick.client;

import dev.candlewick.client.ServerMessage.Ack;
import dev.candlewick.client.ServerMessage.Limits;
import dev.candlewick.client.ServerMessage.Welcome;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages accepted from the caller and not yet acked, in order of seq, and which of them have
 * been sent. Three kinds of thread meet here: callers add, the sender takes, the connection's
 * thread acks. The lock is this object; nothing waits anywhere else.
 */
final class Window {
  /** If a server allows more in flight than this, it is ignored: it is our memory. */
  private static final long MOST_BYTES = 64L << 20;

  private static final long MOST_MESSAGES = 1 << 16;
  private static final long GAP_REPEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Unacked(TickMessage message, int bytes) {}

  private final TreeMap<Long, Unacked> unacked = new TreeMap<>();
  private Limits limits = Limits.NONE;
  private long bytes;

  /** The seq of the next message added. */
  private long nextSeq;

  /** The seq of the next message to send; beyond all of them without a welcome. */
  private long cursor = Long.MAX_VALUE;

  private long committed = -1;
  private long committedRows;
  private long heldUntil;
  private long gap = -1;
  private long gapAt;
  private @Nullable IngestException stopped;

  /**
   * Adds a message and assigns it the next seq. Waits while the window is full.
   *
   * @throws IllegalArgumentException if the message is over a limit for one message
   */
  synchronized long add(TickMessage message) throws IngestException, InterruptedException {
    throwIfStopped();
    while (!fits(message.rows(), message.bytes(nextSeq))) {
      wait();
      throwIfStopped();
    }
    int length = message.bytes(nextSeq);
    unacked.put(nextSeq, new Unacked(message, length));
    bytes += length;
    notifyAll();
    return nextSeq++;
  }

  private boolean fits(int rows, int length) {
    atMost(rows, "rows", limits.rows());
    atMost(length, "message_bytes", limits.messageBytes());
    atMost(length, "inflight_bytes", limits.inflightBytes());
    return unacked.size() < limits.inflightMessages() && bytes + length <= limits.inflightBytes();
  }

  private static void atMost(long value, String limit, long most) {
    if (value > most) {
      throw new IllegalArgumentException(
          "the message has " + limit + " " + value + ", the server takes at most " + most);
    }
  }

  /** A connection starts: nothing is sent before its welcome. */
  synchronized void connecting() {
    cursor = Long.MAX_VALUE;
    heldUntil = System.nanoTime();
    gap = -1;
  }

  /** The server gives the stream's position: sending resumes from there. */
  synchronized void welcomed(Welcome welcome) throws IngestException {
    Limits told = welcome.limits();
    limits =
        new Limits(
            told.messageBytes(),
            told.rows(),
            Math.min(told.inflightMessages(), MOST_MESSAGES),
            Math.min(told.inflightBytes(), MOST_BYTES));
    if (committed < 0) {
      committed = welcome.nextSeq() - 1;
      nextSeq = welcome.nextSeq();
    }
    inStep("next_seq", welcome.nextSeq());
    release(welcome.nextSeq() - 1);
    cursor = welcome.nextSeq();
    notifyAll();
  }

  synchronized void acked(Ack ack) throws IngestException {
    if (ack.committed() > committed) {
      inStep("committed", ack.committed() + 1);
      release(ack.committed());
      notifyAll();
    }
  }

  private void release(long upTo) {
    var done = unacked.headMap(upTo, true);
    for (Unacked sent : done.values()) {
      bytes -= sent.bytes;
      committedRows += sent.message.rows();
    }
    done.clear();
    committed = upTo;
  }

  /** The server misses {@code expected}: resends from there. */
  synchronized void rewind(long expected) throws IngestException {
    if (cursor == Long.MAX_VALUE) {
      return; // A late message on the previous connection.
    }
    inStep("expected", expected);
    // Every message in flight when the gap arose may cause such an answer: go back once for all of
    // them.
    boolean repeated = expected == gap && System.nanoTime() - gapAt < GAP_REPEAT_NANOS;
    if (!repeated) {
      gap = expected;
      gapAt = System.nanoTime();
      cursor = expected;
      notifyAll();
    }
  }

  /** What the server asks for next must still be here, or be the next to come. */
  private void inStep(String field, long seq) throws IngestException {
    if (seq <= committed || seq > nextSeq) {
      String range = (committed + 1) + " to " + nextSeq;
      throw new IngestException(
          "out_of_step",
          "the server's "
              + field
              + " means message "
              + seq
              + " is next, this client holds "
              + range
              + ": the server lost data, or another writer uses the stream");
    }
  }

  /** Sends nothing for that long. */
  synchronized void hold(Duration time) {
    heldUntil = System.nanoTime() + time.toNanos();
  }

  /** The next frame to send; null if there is none in time or the connection has ended. */
  synchronized @Nullable String next(BooleanSupplier ended, Duration patience)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Unacked due = due();
    while (due == null) {
      long left = deadline - System.nanoTime();
      if (left <= 0 || ended.getAsBoolean()) {
        return null;
      }
      long held = heldUntil - System.nanoTime();
      TimeUnit.NANOSECONDS.timedWait(this, roundUp(held > 0 ? Math.min(left, held) : left));
      due = due();
    }
    return due.message.frame(cursor++);
  }

  private @Nullable Unacked due() {
    boolean room = cursor - committed <= limits.inflightMessages();
    boolean held = System.nanoTime() - heldUntil < 0;
    return room && !held ? unacked.get(cursor) : null;
  }

  /** A wait of less than a millisecond would spin. */
  private static long roundUp(long nanos) {
    return Math.max(nanos, 1_000_000);
  }

  /** Wakes the sender, so that it notices its connection has ended. */
  synchronized void wake() {
    notifyAll();
  }

  /** The end: every caller that waits or comes later gets {@code why}. The first reason is kept. */
  synchronized void stop(IngestException why) {
    if (stopped == null) {
      stopped = why;
    }
    notifyAll();
  }

  /** Waits for the first welcome. */
  synchronized void awaitWelcome() throws IngestException, InterruptedException {
    while (committed < 0) {
      throwIfStopped();
      wait();
    }
  }

  /** Waits until everything added before is committed; false if time runs out first. */
  synchronized boolean awaitCommitted(Duration time) throws IngestException, InterruptedException {
    long last = nextSeq - 1;
    long deadline = System.nanoTime() + time.toNanos();
    while (committed < last) {
      throwIfStopped();
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, roundUp(left));
    }
    return true;
  }

  private void throwIfStopped() throws IngestException {
    if (stopped != null) {
      throw new IngestException(stopped.code(), String.valueOf(stopped.getMessage()), stopped);
    }
  }

  synchronized boolean welcomedOnce() {
    return committed >= 0;
  }

  synchronized long nextSeq() {
    return nextSeq;
  }

  synchronized long committed() {
    return committed;
  }

  synchronized long committedRows() {
    return committedRows;
  }
}
