package dev.candlewick.server.topic;

import org.jspecify.annotations.Nullable;

/**
 * What came of a candle that was due.
 *
 * @param value what to tell of it; null if there is nothing to tell
 * @param digest of the value; 0 without one
 */
record Told(Due due, byte @Nullable [] value, long digest) {
  /** Nothing changed since it was told, or there is nothing yet. */
  static Told nothing(Due due) {
    return new Told(due, null, 0);
  }
}
