package dev.candlewick.server.feature;

import java.time.LocalDate;

/**
 * A day of a plan.
 *
 * @param starts the date on which it starts
 */
record PlanDay(Plan plan, LocalDate starts) {
  /** The date by which it is named. */
  LocalDate date() {
    return plan.namedByEnd() ? starts.plusDays(1) : starts;
  }

  /** Whether there is such a day. */
  boolean counts() {
    return plan.days().contains(date().getDayOfWeek());
  }

  PlanDay next() {
    return new PlanDay(plan, starts.plusDays(1));
  }

  /** Seconds since the epoch. */
  long start() {
    return at(0);
  }

  long end() {
    return next().start();
  }

  /** When a time of the day is, seconds since the epoch. */
  long at(int minutes) {
    return plan.instant(starts, minutes);
  }
}
