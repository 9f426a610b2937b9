package dev.candlewick.ingest.decode;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** The range of accepted event times: from what retention still keeps to a day ahead. */
public record TimeBounds(Instant now, Retention retention) {
  private static final Duration AHEAD = Duration.ofDays(1);

  /** Daily history is as old as the exchanges. */
  private static final LocalDate FIRST_DAY = LocalDate.of(1800, 1, 1);

  /**
   * No trade was reported in real time this early; but milliseconds read as microseconds, and
   * seconds read as milliseconds, fall before it.
   */
  private static final LocalDate FIRST_TICK = LocalDate.of(1970, 3, 1);

  /** The newest accepted event time, microseconds since the epoch. */
  long newest() {
    return micros(now.plus(AHEAD));
  }

  /** Nothing before this date is accepted, whatever retention keeps. */
  static LocalDate earliest(Timeframe timeframe) {
    return timeframe.isOfDays() ? FIRST_DAY : FIRST_TICK;
  }

  /** The oldest accepted event time for a given retention, microseconds since the epoch. */
  public long oldest(Duration keep) {
    return keep.equals(Retention.FOR_EVER) ? Long.MIN_VALUE : micros(now.minus(keep));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
