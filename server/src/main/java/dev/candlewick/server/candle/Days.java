package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.time.LocalDate;

/**
 * Dates in groups: a timeframe of whole days, weeks or months on a calendar. Days are counted from
 * Monday 2000-01-03, so that weeks start on Monday; months from January 2000.
 */
record Days(Timeframe timeframe) {
  private static final long SECONDS = 86_400;
  private static final long MONDAY_2000 = LocalDate.of(2000, 1, 3).toEpochDay();

  /** Whether the timeframe consists of whole days. */
  static boolean divide(Timeframe timeframe) {
    return timeframe.months() > 0 || timeframe.seconds() % SECONDS == 0;
  }

  /** The first date of the group that contains this date. */
  LocalDate first(LocalDate date) {
    if (timeframe.months() > 0) {
      return timeframe.monthBucket(date);
    }
    long since = date.toEpochDay() - MONDAY_2000;
    return date.minusDays(Math.floorMod(since, timeframe.seconds() / SECONDS));
  }

  /** The first date after the group that starts on this date. */
  LocalDate after(LocalDate first) {
    return timeframe.months() > 0
        ? first.plusMonths(timeframe.months())
        : first.plusDays(timeframe.seconds() / SECONDS);
  }
}
