package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;

/**
 * One instrument's candles of one timeframe.
 *
 * @param instrument its id
 * @param level where its parts are taken from
 */
record Series(int instrument, Timeframe timeframe, Buckets buckets, Level level, Source source) {
  Series(int instrument, Timeframe timeframe, Buckets buckets, Source source) {
    this(instrument, timeframe, buckets, Level.of(timeframe, buckets), source);
  }

  /**
   * Whether the venue's own candles of the timeframe are to be looked up. Those are told in UTC, or
   * in the instrument's time zone; of minutes they are those that were taken back from an archive.
   */
  boolean hasExact() {
    boolean venues =
        buckets instanceof UtcBuckets || (buckets instanceof ZoneBuckets zone && zone.isVenues());
    return source != Source.BUILT && venues;
  }
}
