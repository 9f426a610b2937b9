package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;

/** The buckets of TimescaleDB's {@code time_bucket} without a time zone. */
record UtcBuckets(Timeframe timeframe) implements Buckets {
  private static final long DAY = 86_400;

  @Override
  public long floor(long time) {
    return timeframe.bucket(time);
  }

  @Override
  public long next(long start) {
    return timeframe.end(start);
  }

  @Override
  public long end(long start) {
    return timeframe.end(start);
  }

  @Override
  public boolean holds(long time) {
    return true;
  }

  @Override
  public long grid() {
    return timeframe.months() > 0 ? DAY : timeframe.seconds();
  }
}
