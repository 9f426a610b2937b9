package dev.candlewick.net;

import java.util.function.LongSupplier;

/**
 * A rate limit: so many tokens a second, of which some may be saved up. Who takes more than there
 * are goes into debt and waits until it is paid off, so that also something larger than the limit
 * passes, once in a while. Safe on any thread.
 */
public final class TokenBucket {
  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private volatile long perSecond;
  private long most;
  private double tokens;
  private long filled;

  /**
   * A full one.
   *
   * @param perSecond tokens that come in; 0 = no limit
   * @param most tokens it holds
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public TokenBucket(long perSecond, long most, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.perSecond = perSecond;
    this.most = most;
    this.tokens = most;
    this.filled = nanoTime.getAsLong();
  }

  /** Another limit from now on, of which a second's worth may be saved up; 0 for none. */
  public synchronized void limit(long newPerSecond) {
    if (newPerSecond != perSecond) {
      perSecond = newPerSecond;
      most = newPerSecond;
      tokens = newPerSecond;
    }
  }

  /** Takes tokens, there or not. */
  public void take(long count) {
    if (perSecond != 0) {
      takeLimited(count);
    }
  }

  private synchronized void takeLimited(long count) {
    fill();
    tokens -= count;
  }

  /** Milliseconds until something may be taken again, rounded up; 0 for now. */
  public long waitMillis() {
    return perSecond == 0 ? 0 : waitMillisLimited();
  }

  private synchronized long waitMillisLimited() {
    fill();
    return tokens > 0 || perSecond == 0 ? 0 : (long) Math.ceil((1 - tokens) / perSecond * 1_000);
  }

  private void fill() {
    long now = nanoTime.getAsLong();
    tokens = Math.min(most, tokens + (now - filled) / NANOS * perSecond);
    filled = now;
  }
}
