package dev.candlewick.ingest.message;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes taken in and not yet answered: of the whole process, or of one API key, which count in
 * both. Safe on any thread.
 */
public final class Budget {
  private final @Nullable Budget whole;
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  private Budget(@Nullable Budget whole, long limit) {
    this.whole = whole;
    this.limit = limit;
  }

  /** Of the process. */
  public Budget(long limit) {
    this(null, limit);
  }

  /** Of one of those who share this budget. */
  public Budget share(long itsLimit) {
    return new Budget(this, itsLimit);
  }

  /** Whether there is room for something more, here and in the whole. */
  public boolean hasRoom() {
    return used.get() < limit && (whole == null || whole.hasRoom());
  }

  /** Counts bytes that are already here, more than fit if need be; fewer if negative. */
  public void take(long bytes) {
    release(-bytes);
  }

  /** Counts bytes if they fit; if not, the budget that is full. */
  public @Nullable Budget tryTake(long bytes) {
    Budget full =
        used.addAndGet(bytes) > limit ? this : whole == null ? null : whole.tryTake(bytes);
    if (full != null) {
      releaseHere(bytes);
    }
    return full;
  }

  public void release(long bytes) {
    releaseHere(bytes);
    if (whole != null) {
      whole.release(bytes);
    }
  }

  private void releaseHere(long bytes) {
    if (used.addAndGet(-bytes) <= limit / 2) {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        next.run();
      }
    }
  }

  /**
   * Runs {@code action} once at most half is in use, here and of the whole; at once if that is so
   * already.
   */
  public void whenHalfFree(Runnable action) {
    Budget above = whole;
    waiting.add(above == null ? action : () -> above.whenHalfFree(action));
    releaseHere(0);
  }

  /** Whether it is the process's own. */
  public boolean isWhole() {
    return whole == null;
  }

  public long used() {
    return used.get();
  }

  public long limit() {
    return limit;
  }
}
