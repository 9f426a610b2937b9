package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.time.ZoneOffset;

/**
 * Where the candles of a timeframe start and end. Times are whole seconds since the epoch; a start
 * is the candle's {@code ts}. Buckets do not overlap; only a session leaves time between them.
 */
sealed interface Buckets permits UtcBuckets, OffsetBuckets, ZoneBuckets, TradingHoursBuckets {
  /** The start of the last bucket that starts at or before {@code time}. */
  long floor(long time);

  /** The first start after this start. */
  long next(long start);

  /** Where the bucket with this start ends, exclusive. */
  long end(long start);

  /**
   * Whether {@code time}, between the start and the end of a bucket, belongs to it: a bucket of
   * several sessions leaves out the time between them.
   */
  boolean holds(long time);

  /** A length in seconds; every start and end is a multiple of it from the origin. */
  long grid();

  /** The first start at or after {@code time}. */
  default long ceil(long time) {
    long start = floor(time);
    return start == time ? start : next(start);
  }

  /** The last start before this start. */
  default long previous(long start) {
    return floor(start - 1);
  }

  /** Counted from TimescaleDB's origin, months from January 2000, all in UTC. */
  static Buckets utc(Timeframe timeframe) {
    return new UtcBuckets(timeframe);
  }

  /**
   * The same on a clock with this offset from UTC, whatever the length: buckets of six hours start
   * at its midnight too, not only days.
   */
  static Buckets at(ZoneOffset offset, Timeframe timeframe) {
    long seconds = offset.getTotalSeconds();
    boolean same = timeframe.months() == 0 ? seconds % timeframe.seconds() == 0 : seconds == 0;
    return same ? utc(timeframe) : new OffsetBuckets(timeframe, seconds);
  }
}
