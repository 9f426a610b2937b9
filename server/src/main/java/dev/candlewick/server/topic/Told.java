package dev.candlewick.server.topic;

import org.jspecify.annotations.Nullable;

/**
 * The result for a candle that was due.
 *
 * @param value what to publish; null if there is nothing to publish
 * @param digest of the value; 0 without one
 */
record Told(Due due, byte @Nullable [] value, long digest) {
  /** Nothing changed since it was published, or there is nothing yet. */
  static Told nothing(Due due) {
    return new Told(due, null, 0);
  }
}
