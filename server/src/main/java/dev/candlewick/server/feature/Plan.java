package dev.candlewick.server.feature;

import dev.candlewick.indicator.Indicators;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The trading day of some instruments. Times of day are minutes after {@code dayStart} on the
 * zone's clock, up to 1,440.
 *
 * @param dayStart minutes after midnight at which a day starts
 * @param namedByEnd whether a day is named by the date of its end rather than its start
 * @param days weekdays on which there are days
 * @param daily indicators over the candles of whole days
 */
record Plan(
    String name,
    ZoneId zone,
    int dayStart,
    boolean namedByEnd,
    Set<DayOfWeek> days,
    List<InstrumentPattern> instruments,
    List<Span> sessions,
    List<OpeningRange> openingRanges,
    List<Span> travel,
    Indicators daily) {
  /** A part of the day. */
  record Span(String name, int from, int to) {}

  /** The first minutes from a time on, and until when a break out of their range counts. */
  record OpeningRange(String name, int from, int to, int until) {}

  /** The day that contains a time, seconds since the epoch. */
  PlanDay dayAt(long time) {
    LocalDateTime clock = LocalDateTime.ofInstant(Instant.ofEpochSecond(time), zone);
    LocalDate date = clock.minusMinutes(dayStart).toLocalDate();
    while (instant(date, 0) > time) {
      date = date.minusDays(1);
    }
    while (instant(date.plusDays(1), 0) <= time) {
      date = date.plusDays(1);
    }
    return new PlanDay(this, date);
  }

  /**
   * When the clock passes a time of the day that starts on this date. An hour that occurs twice
   * counts the first time; one that does not exist is passed at the jump.
   */
  long instant(LocalDate starts, int minutes) {
    LocalDateTime clock = starts.atStartOfDay().plusMinutes(dayStart + minutes);
    ZoneOffsetTransition change = zone.getRules().getTransition(clock);
    return change != null && change.isGap()
        ? change.getInstant().getEpochSecond()
        : clock.atZone(zone).toEpochSecond();
  }

  /** The columns of a row that are numbers, followed by those that are a direction. */
  Columns columns() {
    List<String> numbers = new ArrayList<>();
    List<String> directions = new ArrayList<>();
    for (Span session : sessions) {
      for (String value : List.of("high", "low", "open", "close", "volume")) {
        numbers.add(session.name() + "_" + value);
      }
    }
    for (OpeningRange range : openingRanges) {
      for (String value : List.of("high", "low", "size")) {
        numbers.add(range.name() + "_" + value);
      }
      directions.add(range.name() + "_break_dir");
    }
    travel.forEach(span -> numbers.add(span.name()));
    daily.columns().forEach(column -> numbers.add(Indicators.plain(column)));
    return new Columns(numbers, directions);
  }

  /** Column names by what they contain. */
  record Columns(List<String> numbers, List<String> directions) {}
}
