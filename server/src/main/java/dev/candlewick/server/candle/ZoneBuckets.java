package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * Whole days, weeks and months of a time zone: a day on which the clocks change has 23 or 25 hours.
 */
final class ZoneBuckets implements Buckets {
  private final Days days;
  private final ZoneId zone;
  private final long grid;
  private final boolean venues;

  /** The timeframe must be made of whole days. */
  ZoneBuckets(Timeframe timeframe, ZoneId zone) {
    this(timeframe, zone, false);
  }

  /**
   * The timeframe must be made of whole days.
   *
   * @param venues whether the zone is that of the instrument
   */
  ZoneBuckets(Timeframe timeframe, ZoneId zone, boolean venues) {
    this.venues = venues;
    this.days = new Days(timeframe);
    this.zone = zone;
    this.grid = ZoneGrid.of(zone);
  }

  /** Whether the venue's own candles may fill these buckets. */
  boolean isVenues() {
    return venues;
  }

  @Override
  public long floor(long time) {
    return start(days.first(date(time)));
  }

  @Override
  public long next(long start) {
    return start(days.after(date(start)));
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
    return grid;
  }

  private LocalDate date(long time) {
    return LocalDate.ofInstant(Instant.ofEpochSecond(time), zone);
  }

  private long start(LocalDate date) {
    return date.atStartOfDay(zone).toEpochSecond();
  }
}
