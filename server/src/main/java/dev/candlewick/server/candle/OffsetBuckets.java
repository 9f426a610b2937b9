package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;

/**
 * The buckets of UTC on a clock that always goes ahead of it, or behind, by the same seconds: their
 * starts are earlier by as many.
 */
record OffsetBuckets(Timeframe timeframe, long offset) implements Buckets {
  @Override
  public long floor(long time) {
    return timeframe.bucket(time + offset) - offset;
  }

  @Override
  public long next(long start) {
    return timeframe.end(start + offset) - offset;
  }

  @Override
  public long end(long start) {
    return next(start);
  }

  @Override
  public boolean holds(long time) {
    return true;
  }

  @Override
  public long grid() {
    return ZoneGrid.gcd(Buckets.utc(timeframe).grid(), Math.abs(offset));
  }
}
