package dev.candlewick.ingest;

/**
 * A trade.
 *
 * @param index position in its message
 * @param ts microseconds since the epoch
 * @param price finite, may be zero or negative
 * @param size finite, at least 0
 * @param side 0 not told, 1 buy, 2 sell (the taker's)
 * @param flags {@link #NO_PRICE}, {@link #NO_VOLUME}, {@link #HASHED_ID}, {@link #NO_ID}
 * @param id the venue's id, or a hash of it; 0 with {@link #NO_ID}
 */
record Trade(
    InstrumentKey instrument,
    int index,
    long ts,
    double price,
    double size,
    short side,
    short flags,
    long id)
    implements Row {
  static final int NO_PRICE = 1;
  static final int NO_VOLUME = 2;
  static final int HASHED_ID = 4;
  static final int NO_ID = 8;
}
