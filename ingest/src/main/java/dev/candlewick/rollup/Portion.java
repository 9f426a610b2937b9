package dev.candlewick.rollup;

import java.time.Duration;

/** How many minutes of an instrument one transaction takes: few enough that it ends soon. */
final class Portion {
  private static final long MOST = 20_000;
  private static final long FEWEST_GROWN = 500;
  private static final long LONG = Duration.ofMillis(250).toNanos();

  private long most = MOST;
  private long taken;
  private long since;
  private long took;

  /** Minutes for the transaction that starts now. */
  long most() {
    since = System.nanoTime();
    return most;
  }

  /** How many it has taken. */
  void taken(long minutes) {
    taken = minutes;
  }

  void done() {
    took = System.nanoTime() - since;
    boolean tooLong = took > LONG && taken > 0;
    most = tooLong ? Math.max(Math.min(most, FEWEST_GROWN), most / 2) : Math.min(MOST, most * 2);
    taken = 0;
  }

  /** How long the last transaction took, in milliseconds. */
  long took() {
    return Duration.ofNanos(took).toMillis();
  }

  /** Possibly because of its size. */
  void failed() {
    most = Math.max(1, (taken > 0 ? Math.min(most, taken) : most) / 4);
    taken = 0;
  }
}
