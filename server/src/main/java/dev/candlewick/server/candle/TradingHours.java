package dev.candlewick.server.candle;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instrument's daily session on its venue's clock, written {@code America/New_York 09:30-16:00},
 * or {@code America/Chicago 17:00-16:00+1} if it closes on the next day. Its date is that of its
 * last second: a session that opens in Chicago on Sunday at 17:00 is Monday's.
 *
 * @param open seconds after midnight
 * @param close seconds after midnight of the opening day, after {@code open}, at most a day later
 */
record TradingHours(ZoneId zone, int open, int close) {
  private static final int DAY = 86_400;
  private static final Pattern FORM =
      Pattern.compile("(\\S+) ([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})(\\+1)?");

  /** The session that this text describes; empty if it describes none. */
  static Optional<TradingHours> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    int open = seconds(form.group(2), form.group(3));
    int close = seconds(form.group(4), form.group(5)) + (form.group(6) == null ? 0 : DAY);
    if (open < 0 || open >= DAY || close <= open || close > open + DAY) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TradingHours(ZoneId.of(form.group(1)), open, close));
    } catch (DateTimeException unknownZone) {
      return Optional.empty();
    }
  }

  /** Seconds after midnight; negative, whatever is added, for times that no clock shows. */
  private static int seconds(String hours, String minutes) {
    int h = Integer.parseInt(hours);
    int m = Integer.parseInt(minutes);
    return h > 24 || m > 59 || (h == 24 && m > 0) ? -3 * DAY : h * 3_600 + m * 60;
  }

  /** When the session of this date opens. */
  long opens(LocalDate date) {
    return at(date, open);
  }

  /** When the session of this date closes. */
  long closes(LocalDate date) {
    return at(date, close);
  }

  /** The date of the last session that opens at or before {@code time}. */
  LocalDate date(long time) {
    LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(time), zone).plusDays(1);
    while (opens(date) > time) {
      date = date.minusDays(1);
    }
    return date;
  }

  /** Whether a session on a weekday overlaps the time from {@code start} to {@code end}. */
  boolean isOpen(long start, long end) {
    for (LocalDate date = date(start); opens(date) < end; date = date.plusDays(1)) {
      boolean weekday = date.getDayOfWeek().getValue() < DayOfWeek.SATURDAY.getValue();
      if (weekday && closes(date) > start) {
        return true;
      }
    }
    return false;
  }

  /** A length that divides every opening and closing time. */
  long grid() {
    return ZoneGrid.gcd(ZoneGrid.gcd(ZoneGrid.of(zone), open), close);
  }

  private long at(LocalDate date, int clock) {
    LocalDate opening = date.minusDays((close - 1) / DAY);
    return opening
        .plusDays(clock / DAY)
        .atStartOfDay()
        .plusSeconds(clock % DAY)
        .atZone(zone)
        .toEpochSecond();
  }
}
