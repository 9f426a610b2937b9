package dev.candlewick.ingest;

/**
 * A trade or quote on its way into its table.
 *
 * @param id the trade's id, or the quote's seq
 */
record Line(Message message, Row row, int instrumentId, long id) {
  Key key() {
    return new Key(instrumentId, row.ts(), id);
  }

  /** The primary key. */
  record Key(int instrumentId, long ts, long id) {}
}
