package dev.candlewick.server.candle;

/**
 * What a bucket is folded from: a stored row of a level, a minute, or a candle of the venue.
 *
 * @param ts its start, seconds since the epoch
 * @param quoteVolume NaN if unknown
 * @param trades -1 if unknown
 * @param takerBuyVolume NaN if unknown
 * @param source the bits {@link #BUILT}, {@link #CLOSED}, {@link #FORMING}, {@link #FINER}
 */
record Part(
    long ts,
    double open,
    double high,
    double low,
    double close,
    double volume,
    double quoteVolume,
    long trades,
    double takerBuyVolume,
    int source) {
  /** Built from trades. */
  static final int BUILT = 1;

  /** The venue's closed candle. */
  static final int CLOSED = 2;

  /** The venue's forming candle. */
  static final int FORMING = 4;

  /** Rolled up from the venue's own candles of less than a minute. */
  static final int FINER = 8;

  boolean has(int bit) {
    return (source & bit) != 0;
  }
}
