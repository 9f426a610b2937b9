package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;

/**
 * UTC's buckets on a clock that is always the same number of seconds ahead or behind: their starts
 * are earlier by that much.
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
