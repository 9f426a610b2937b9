package dev.candlewick.net;

import java.util.function.LongSupplier;

/**
 * A rate limit: so many tokens a second, of which some can be saved up. Taking more than there are
 * is allowed but goes into debt, to be waited off, so that something larger than the limit can pass
 * once in a while. Thread-safe.
 */
public final class TokenBucket {
  private static final double NANOS = 1e9;

  private final LongSupplier nanoTime;
  private volatile long perSecond;
  private long most;
  private double tokens;
  private long filled;

  /**
   * A full bucket.
   *
   * @param perSecond tokens added per second; 0 = no limit
   * @param most its capacity
   * @param nanoTime a clock like {@link System#nanoTime}
   */
  public TokenBucket(long perSecond, long most, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.perSecond = perSecond;
    this.most = most;
    this.tokens = most;
    this.filled = nanoTime.getAsLong();
  }

  /** Changes the limit; a second's worth can be saved up. 0 = no limit. */
  public synchronized void limit(long newPerSecond) {
    if (newPerSecond != perSecond) {
      perSecond = newPerSecond;
      most = newPerSecond;
      tokens = newPerSecond;
    }
  }

  /** Takes tokens, whether there are enough or not. */
  public void take(long count) {
    if (perSecond != 0) {
      takeLimited(count);
    }
  }

  private synchronized void takeLimited(long count) {
    fill();
    tokens -= count;
  }

  /** Milliseconds until tokens can be taken again, rounded up; 0 for now. */
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
