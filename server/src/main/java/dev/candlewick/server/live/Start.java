package dev.candlewick.server.live;

import dev.candlewick.server.record.Choice;
import dev.candlewick.server.record.RecordRepository;
import dev.candlewick.server.web.Range;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription starts.
 *
 * @param from microseconds since the epoch; null for the last rows
 * @param last how many of them; ignored if {@code from} is given
 * @param before how many rows before those are wanted too
 * @param records which records of a kind, null if it is not about records
 */
record Start(@Nullable Long from, int last, int before, @Nullable Choice records) {
  Start(@Nullable Long from, int last) {
    this(from, last, 0, null);
  }

  Start withBefore(int rows) {
    return new Start(from, last, rows, records);
  }

  Start of(Choice choice) {
    return new Start(from, last, before, choice);
  }

  /** The most rows in a snapshot. */
  static final int MOST = 10_000;

  /** Everything, if it is not too much. */
  static final Start EVERYTHING = new Start(RecordRepository.FIRST, 0);

  Range range() {
    return new Range(from, null);
  }

  /** How many rows to read; starting at {@code from}, one more than allowed. */
  int limit() {
    return from == null ? last + before : MOST + 1;
  }
}
