package dev.candlewick.ingest;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** From when to when an event time is taken: what retention still keeps, to a day ahead. */
record TimeBounds(Instant now, Retention retention) {
  private static final Duration AHEAD = Duration.ofDays(1);

  /** Newest event time taken, microseconds since the epoch. */
  long newest() {
    return micros(now.plus(AHEAD));
  }

  /** Oldest event time taken, microseconds since the epoch; a candle's timeframe decides for it. */
  long oldest(Kind kind, Timeframe timeframe) {
    Duration keep =
        switch (kind) {
          case TRADES -> retention.trades();
          case QUOTES -> retention.quotes();
          case CANDLES -> retention.candles(timeframe.longestSeconds());
          case RECORDS -> throw new IllegalStateException("a kind declares its own retention");
        };
    return oldest(keep);
  }

  /** The same of what is kept so long. */
  long oldest(Duration keep) {
    return keep.equals(Retention.FOR_EVER) ? 0 : micros(now.minus(keep));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
