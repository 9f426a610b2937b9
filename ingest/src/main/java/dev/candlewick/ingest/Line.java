package dev.candlewick.ingest;

import java.util.Comparator;

/**
 * A trade or quote on its way into its table.
 *
 * @param id the trade's id, or the quote's seq
 */
record Line(Message message, Row row, int instrumentId, long id) {
  static final Comparator<Line> BY_KEY =
      Comparator.comparingInt(Line::instrumentId)
          .thenComparingLong(line -> line.row().ts())
          .thenComparingLong(Line::id);

  Key key() {
    return new Key(instrumentId, row.ts(), id);
  }

  /** The primary key. */
  record Key(int instrumentId, long ts, long id) {}
}
