package dev.candlewick.server;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * When a connection is late, unless the deadline is moved or lifted before. Every request moves it
 * twice, so its one timer stays as it is and looks again when it ends. For the connection's event
 * loop only.
 */
final class Deadline {
  private final Vertx vertx;
  private final Runnable late;
  private long due;
  private long timerEnds;
  private long timer;
  private boolean set;
  private boolean running;

  /** Runs {@code late} once, when the deadline has passed. */
  Deadline(Vertx vertx, Runnable late) {
    this.vertx = vertx;
    this.late = late;
  }

  /** Sets or moves it to so long from now. */
  void within(long millis) {
    long now = System.nanoTime();
    due = now + TimeUnit.MILLISECONDS.toNanos(millis);
    set = true;
    if (running && timerEnds - due > 0) {
      vertx.cancelTimer(timer);
      running = false;
    }
    if (!running) {
      startTimer(now);
    }
  }

  private void startTimer(long now) {
    // Rounded up, or the timer would end just before the deadline, again and again.
    long millis = TimeUnit.NANOSECONDS.toMillis(due - now) + 1;
    timerEnds = now + TimeUnit.MILLISECONDS.toNanos(millis);
    timer = vertx.setTimer(millis, this::look);
    running = true;
  }

  private void look(long ended) {
    running = false;
    long now = System.nanoTime();
    if (set && now - due >= 0) {
      set = false;
      late.run();
    } else if (set) {
      startTimer(now);
    }
  }

  boolean isSet() {
    return set;
  }

  /** Nothing is expected any more. */
  void lift() {
    set = false;
    if (running) {
      vertx.cancelTimer(timer);
      running = false;
    }
  }
}
