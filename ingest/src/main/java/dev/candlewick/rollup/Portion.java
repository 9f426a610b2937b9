package dev.candlewick.rollup;

import java.time.Duration;

/** How many minutes of an instrument one transaction takes: few enough that it ends soon. */
final class Portion {
  private static final long MOST = 20_000;
  private static final long FEWEST_GROWN = 500;
  private static final long LONG = Duration.ofMillis(700).toNanos();

  private long most = MOST;
  private long taken;
  private long since;

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
    boolean tooLong = System.nanoTime() - since > LONG && taken > 0;
    most = tooLong ? Math.max(Math.min(most, FEWEST_GROWN), most / 2) : Math.min(MOST, most * 2);
    taken = 0;
  }

  /** Possibly because of its size. */
  void failed() {
    most = Math.max(1, (taken > 0 ? Math.min(most, taken) : most) / 4);
    taken = 0;
  }
}
