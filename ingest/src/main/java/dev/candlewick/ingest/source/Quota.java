package dev.candlewick.ingest.source;

import dev.candlewick.ingest.message.Budget;
import dev.candlewick.net.Problem;
import dev.candlewick.net.TokenBucket;

/**
 * What one API key may use, over all its requests and sockets: memory, rows and bytes per second.
 * Thread-safe.
 */
public final class Quota {
  private final Budget budget;
  private final TokenBucket rows = new TokenBucket(0, 0, System::nanoTime);
  private final TokenBucket bytes = new TokenBucket(0, 0, System::nanoTime);

  public Quota(Budget budget) {
    this.budget = budget;
  }

  /** The key's current limits. */
  Quota limit(IngestKey key) {
    rows.limit(key.rowsPerSecond());
    bytes.limit(key.bytesPerSecond());
    return this;
  }

  public Budget budget() {
    return budget;
  }

  public void spendBytes(long count) {
    bytes.take(count);
  }

  public void spendRows(long count) {
    rows.take(count);
  }

  /** How long the key must wait because of its rates; 0 = not at all. */
  public long waitMillis() {
    return Math.max(rows.waitMillis(), bytes.waitMillis());
  }

  /** Throws 429 if the key must wait. */
  public void refuseIfSpent() {
    long wait = waitMillis();
    if (wait > 0) {
      throw Problem.rateLimited("the API key is over its rate", wait);
    }
  }

  /** The answer to a request when memory is short. */
  public static Problem noRoom(Budget full) {
    return full.isWhole()
        ? Problem.passing(503, "overloaded", "more is coming in than can be written")
        : Problem.rateLimited("the API key sends more than can be written", 1);
  }
}
