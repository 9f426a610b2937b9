package dev.candlewick.ingest.decode;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** From when to when an event time is taken: what retention still keeps, to a day ahead. */
public record TimeBounds(Instant now, Retention retention) {
  private static final Duration AHEAD = Duration.ofDays(1);

  /** Daily history is as old as the exchanges. */
  private static final LocalDate FIRST_DAY = LocalDate.of(1800, 1, 1);

  /**
   * No trade was told in real time so early; but milliseconds read as microseconds, and seconds
   * read as milliseconds, lie before it.
   */
  private static final LocalDate FIRST_TICK = LocalDate.of(1970, 3, 1);

  /** Newest event time taken, microseconds since the epoch. */
  long newest() {
    return micros(now.plus(AHEAD));
  }

  /** Before this date nothing is taken, whatever retention keeps. */
  static LocalDate earliest(Timeframe timeframe) {
    return timeframe.isOfDays() ? FIRST_DAY : FIRST_TICK;
  }

  /** Oldest event time taken of what is kept so long, microseconds since the epoch. */
  public long oldest(Duration keep) {
    return keep.equals(Retention.FOR_EVER) ? Long.MIN_VALUE : micros(now.minus(keep));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
