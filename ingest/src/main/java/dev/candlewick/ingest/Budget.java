package dev.candlewick.ingest;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes of messages taken in and not yet answered, of the whole process. Safe on any thread. */
final class Budget {
  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  Budget(long limit) {
    this.limit = limit;
  }

  /** Counts bytes that are already here; false if this was the last that fits. */
  boolean take(long bytes) {
    return used.addAndGet(bytes) < limit;
  }

  /** Counts bytes if they fit. */
  boolean tryTake(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    release(bytes);
    return false;
  }

  void release(long bytes) {
    long left = used.addAndGet(-bytes);
    if (left <= limit / 2) {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        next.run();
      }
    }
  }

  /**
   * Runs {@code action} once at most half of the budget is in use; at once if that is so already.
   */
  void whenHalfFree(Runnable action) {
    waiting.add(action);
    release(0);
  }

  long used() {
    return used.get();
  }

  long limit() {
    return limit;
  }
}
