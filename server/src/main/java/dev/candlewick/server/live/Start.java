package dev.candlewick.server.live;

import dev.candlewick.server.web.Range;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription begins.
 *
 * @param from microseconds since the epoch; null for the last rows
 * @param last how many of them; without meaning where {@code from} is given
 * @param before how many rows before those are wanted too
 */
record Start(@Nullable Long from, int last, int before) {
  Start(@Nullable Long from, int last) {
    this(from, last, 0);
  }

  Start withBefore(int rows) {
    return new Start(from, last, rows);
  }

  /** Rows of a snapshot at most. */
  static final int MOST = 10_000;

  Range range() {
    return new Range(from, null);
  }

  /** How many rows to read; from {@code from} on one more than there may be. */
  int limit() {
    return from == null ? last + before : MOST + 1;
  }
}
