package dev.candlewick.ingest.message;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes accepted and not yet answered: of the whole process, or of one API key, in which case they
 * count in both. Thread-safe.
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

  /** The budget of the process. */
  public Budget(long limit) {
    this(null, limit);
  }

  /** The budget of one API key within this one. */
  public Budget share(long itsLimit) {
    return new Budget(this, itsLimit);
  }

  /** Whether there is room for more, here and in the whole. */
  public boolean hasRoom() {
    return used.get() < limit && (whole == null || whole.hasRoom());
  }

  /** Counts bytes that are already here, even if they do not fit; negative releases them. */
  public void take(long bytes) {
    release(-bytes);
  }

  /** Counts bytes if they fit; otherwise returns the budget that is full. */
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
   * Runs {@code action} once at most half is in use, here and in the whole; immediately if that is
   * so already.
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
