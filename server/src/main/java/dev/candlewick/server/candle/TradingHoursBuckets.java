package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.time.LocalDate;

/**
 * Buckets of an instrument's session. A timeframe of whole days consists of whole sessions by their
 * date; a shorter one counts from each opening, and its last bucket ends with the session.
 */
final class TradingHoursBuckets implements Buckets {
  private static final long DAY = 86_400;

  private final TradingHours session;
  private final Days days;
  private final long seconds;
  private final boolean single;
  private final long grid;

  /** The timeframe must be shorter than a day or made of whole days. */
  TradingHoursBuckets(Timeframe timeframe, TradingHours session) {
    this.session = session;
    this.days = new Days(timeframe);
    this.seconds = Days.divide(timeframe) ? 0 : timeframe.seconds();
    this.single = timeframe.months() == 0 && timeframe.seconds() <= DAY;
    this.grid = ZoneGrid.gcd(session.grid(), seconds);
  }

  @Override
  public long floor(long time) {
    LocalDate date = session.date(time);
    if (seconds == 0) {
      return session.opens(days.first(date));
    }
    long opening = session.opens(date);
    long inside = Math.min(time, session.closes(date) - 1);
    return opening + (inside - opening) / seconds * seconds;
  }

  @Override
  public long next(long start) {
    LocalDate date = session.date(start);
    if (seconds == 0) {
      return session.opens(days.after(date));
    }
    return start + seconds < session.closes(date)
        ? start + seconds
        : session.opens(date.plusDays(1));
  }

  @Override
  public long end(long start) {
    LocalDate date = session.date(start);
    return seconds == 0
        ? session.closes(days.after(date).minusDays(1))
        : Math.min(start + seconds, session.closes(date));
  }

  @Override
  public boolean holds(long time) {
    return single || time < session.closes(session.date(time));
  }

  @Override
  public long grid() {
    return grid;
  }
}
