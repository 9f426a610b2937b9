package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.lane.IngestMetrics;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.source.Quota;
import dev.candlewick.net.TextSocket;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When one socket is read: depends on its window of unanswered messages, the memory left for its
 * key and the process, and its key's rates. A feed that keeps to the window never hits the first;
 * for the other two it gets {@code busy}. Lives on the socket's event loop.
 */
final class Backpressure {
  private static final long BUSY_RETRY_MILLIS = 500;
  private static final Duration LONGEST_MESSAGE = Duration.ofSeconds(30);
  private static final long FRAGMENTS_WAIT_MILLIS = 5_000;
  private static final long DRAIN_MILLIS = 200;
  private static final long LONGEST_DRAIN_NANOS = 2_000_000_000L;
  private static final int TRY_AGAIN_LATER = 1013;

  private final TextSocket socket;
  private final Context context;
  private final Limits limits;
  private final Quota quota;
  private final IngestMetrics metrics;
  private final TextSocket.Listener session;

  private int messages;
  private long bytes;
  private boolean waitsForMemory;
  private boolean waitsForRate;
  private boolean waitsForKinds;
  private volatile boolean draining;
  private byte @Nullable [] waiting;
  private int unfinished;
  private long unfinishedSince;

  /** The session, which gets back a message that had to wait. */
  Backpressure(
      TextSocket socket,
      Limits limits,
      Quota quota,
      IngestMetrics metrics,
      TextSocket.Listener session) {
    this.socket = socket;
    this.context = socket.context();
    this.limits = limits;
    this.quota = quota;
    this.metrics = metrics;
    this.session = session;
  }

  /** Whether there is memory for a message's rows; if not, the session gets it again later. */
  boolean admits(byte[] message) {
    if (quota.budget().hasRoom()) {
      return true;
    }
    waiting = message;
    waitForMemory();
    return false;
  }

  /** A message is being processed, whatever becomes of it. */
  void spend(int size) {
    quota.spendBytes(size);
    waitForRate();
  }

  /** The message will be answered. */
  void taken(Message message) {
    messages++;
    bytes += message.bytes;
    message.countIn(quota.budget());
    quota.spendRows(message.rowsSent());
    waitForRate();
    if (windowIsFull()) {
      socket.pause();
    }
  }

  /** Accepted messages have been answered. */
  void answered(List<Message> taken) {
    for (Message message : taken) {
      messages--;
      bytes -= message.bytes;
    }
    resume();
  }

  private void waitForMemory() {
    if (!waitsForMemory) {
      waitsForMemory = true;
      tellBusy(BUSY_RETRY_MILLIS);
      quota.budget().whenHalfFree(() -> context.runOnContext(free -> memoryIsFree()));
    }
  }

  private void memoryIsFree() {
    waitsForMemory = false;
    byte[] message = waiting;
    waiting = null;
    if (message != null && socket.isOpen()) {
      session.message(message);
    }
    resume();
  }

  /**
   * Stops reading until the future completes, then returns the message; if it fails, the client is
   * asked to reconnect.
   */
  void waitFor(Future<Void> future, byte[] message, Consumer<byte[]> again) {
    waitsForKinds = true;
    socket.pause();
    future.onComplete(
        done ->
            context.runOnContext(
                hop -> {
                  waitsForKinds = false;
                  if (done.failed()) {
                    session.refused(
                        TRY_AGAIN_LATER,
                        "unavailable",
                        "the database is not available at the moment");
                  } else if (socket.isOpen()) {
                    again.accept(message);
                    resume();
                  }
                }));
  }

  private void waitForRate() {
    long wait = quota.waitMillis();
    if (wait > 0 && !waitsForRate) {
      waitsForRate = true;
      tellBusy(wait);
      context.owner().setTimer(wait, over -> rateIsFree());
    }
  }

  private void rateIsFree() {
    waitsForRate = false;
    waitForRate();
    resume();
  }

  private void tellBusy(long millis) {
    metrics.busy();
    socket.send(SessionJson.busy(millis));
    socket.pause();
  }

  private void resume() {
    if (!pauses()) {
      unfinishedSince = System.nanoTime();
      socket.resume();
    }
  }

  private boolean windowIsFull() {
    return messages >= limits.inflightMessages() || bytes >= limits.inflightBytes();
  }

  /** Whether the server is the one not reading; then the client's silence does not count. */
  boolean pauses() {
    return waitsForMemory || waitsForRate || waitsForKinds || draining || windowIsFull();
  }

  /** Reads what is under way, until nothing has arrived for a moment; then stops for good. */
  void drain() {
    drain(System.nanoTime() + LONGEST_DRAIN_NANOS);
  }

  private void drain(long deadline) {
    context.owner().setTimer(DRAIN_MILLIS, look -> drainIfQuiet(deadline));
  }

  private void drainIfQuiet(long deadline) {
    boolean quiet = pauses() || socket.silence().toMillis() >= DRAIN_MILLIS;
    if (quiet || System.nanoTime() > deadline || !socket.isOpen()) {
      draining = true;
      socket.pause();
    } else {
      drain(deadline);
    }
  }

  /** Whether reading has stopped for good. */
  boolean isDrained() {
    return draining;
  }

  /**
   * How many bytes the fragments of an incomplete message now hold. They are never written as such,
   * so nobody may wait for other clients' fragments for ever.
   */
  void hold(int size) {
    boolean more = size > unfinished;
    quota.budget().take(size - unfinished);
    if (unfinished == 0) {
      unfinishedSince = System.nanoTime();
    }
    unfinished = size;
    if (more && !quota.budget().hasRoom()) {
      waitForMemory();
      context.owner().setTimer(FRAGMENTS_WAIT_MILLIS, late -> giveUpFragments());
    }
  }

  private void giveUpFragments() {
    if (waitsForMemory && unfinished > 0) {
      session.refused(TRY_AGAIN_LATER, "overloaded", "no room for the fragments of a message");
      hold(0);
    }
  }

  /** Whether a message has started and not ended. */
  boolean dribbles() {
    return unfinished > 0
        && !pauses()
        && System.nanoTime() - unfinishedSince > LONGEST_MESSAGE.toNanos();
  }
}
