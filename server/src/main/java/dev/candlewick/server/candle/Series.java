package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;

/**
 * One instrument's candles in one timeframe.
 *
 * @param instrument its id
 * @param level where its parts are read from
 */
record Series(int instrument, Timeframe timeframe, Buckets buckets, Level level, Source source) {
  Series(int instrument, Timeframe timeframe, Buckets buckets, Source source) {
    this(instrument, timeframe, buckets, Level.of(timeframe, buckets), source);
  }

  /**
   * Whether to look up the venue's own candles of the timeframe. Those are in UTC, or in the
   * instrument's time zone; for minutes they are the ones brought back from an archive.
   */
  boolean hasExact() {
    boolean venues =
        buckets instanceof UtcBuckets || (buckets instanceof ZoneBuckets zone && zone.isVenues());
    return source != Source.BUILT && venues;
  }
}
