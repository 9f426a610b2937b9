package dev.candlewick.client;

import java.util.concurrent.TimeUnit;

/** Replays recorded time, for all files of a replay together. */
final class Pace {
  private final double speed;
  private boolean started;
  private long firstRecorded;
  private long startedAt;

  /** {@code speed}: recorded seconds per second; infinite: never waits. */
  Pace(double speed) {
    this.speed = speed;
  }

  /** Waits until that recorded time. It starts at the first time asked for. */
  void await(long recorded) throws InterruptedException {
    if (!Double.isInfinite(speed)) {
      TimeUnit.NANOSECONDS.sleep(left(recorded));
    }
  }

  private synchronized long left(long recorded) {
    if (!started) {
      started = true;
      firstRecorded = recorded;
      startedAt = System.nanoTime();
    }
    long due = (long) ((recorded - firstRecorded) / speed);
    return due - (System.nanoTime() - startedAt);
  }
}
