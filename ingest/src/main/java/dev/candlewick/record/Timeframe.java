package dev.candlewick.record;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The length of a candle: {@code <n><unit>} with unit {@code s m h d w M}, for example {@code 5m}.
 *
 * <p>Buckets of a fixed length count from Monday 2000-01-03T00:00Z (TimescaleDB's origin), months
 * are calendar months counted from 2000-01. Lengths are whole seconds from 1 s to 10 years.
 *
 * @param text the canonical spelling ({@code 60m} is {@code 1h}, {@code 7d} is {@code 1w})
 * @param seconds the fixed length, 0 for months
 * @param months the number of calendar months, 0 for a fixed length
 */
public record Timeframe(String text, long seconds, int months) {
  /** Seconds from the epoch to Monday 2000-01-03T00:00Z. */
  private static final long ORIGIN = 946_857_600L;

  private static final long DAY = 86_400;
  private static final int MONTHS_AT_2000 = 2000 * 12;
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([smhdwM])");
  private static final long LONGEST = 3_660 * DAY;

  /** The timeframe that {@code text} names; empty if it names none. */
  public static Optional<Timeframe> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long n = Long.parseLong(form.group(1));
    if (form.group(2).equals("M")) {
      return n > 120 ? Optional.empty() : Optional.of(new Timeframe(n + "M", 0, (int) n));
    }
    long seconds = n * unitSeconds(form.group(2).charAt(0));
    return builds(seconds) ? Optional.of(ofSeconds(seconds)) : Optional.empty();
  }

  /** The timeframe of that many seconds, in its canonical spelling. */
  public static Timeframe ofSeconds(long seconds) {
    for (char unit : new char[] {'w', 'd', 'h', 'm'}) {
      if (seconds % unitSeconds(unit) == 0) {
        return new Timeframe(seconds / unitSeconds(unit) + String.valueOf(unit), seconds, 0);
      }
    }
    return new Timeframe(seconds + "s", seconds, 0);
  }

  /** Whether it can be built: it divides a day evenly or is a multiple of a minute. */
  private static boolean builds(long seconds) {
    return seconds <= LONGEST && (DAY % seconds == 0 || seconds % 60 == 0);
  }

  private static long unitSeconds(char unit) {
    return switch (unit) {
      case 's' -> 1;
      case 'm' -> 60;
      case 'h' -> 3_600;
      case 'd' -> DAY;
      default -> 7 * DAY;
    };
  }

  /** The start, in epoch seconds, of the UTC bucket that contains {@code epochSecond}. */
  public long bucket(long epochSecond) {
    if (months == 0) {
      return epochSecond - Math.floorMod(epochSecond - ORIGIN, seconds);
    }
    LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC);
    return monthBucket(date).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
  }

  /** The first day of the bucket of months that contains {@code date}. */
  public LocalDate monthBucket(LocalDate date) {
    int since2000 = date.getYear() * 12 + date.getMonthValue() - 1 - MONTHS_AT_2000;
    int first = since2000 - Math.floorMod(since2000, months) + MONTHS_AT_2000;
    return LocalDate.of(Math.floorDiv(first, 12), Math.floorMod(first, 12) + 1, 1);
  }

  /** Whether a bucket consists of whole days. */
  public boolean isOfDays() {
    return months > 0 || seconds % DAY == 0;
  }

  /** Whether a bucket of whole days starts at {@code epochSecond} if days are those of a zone. */
  public boolean beginsAt(long epochSecond, ZoneId zone) {
    return dayBucket(epochSecond, zone) == epochSecond;
  }

  /** The start, in epoch seconds, of the bucket of whole days of a zone. */
  public long dayBucket(long epochSecond, ZoneId zone) {
    LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(epochSecond), zone);
    LocalDate first =
        months > 0
            ? monthBucket(date)
            : date.minusDays(Math.floorMod(date.toEpochDay() - ORIGIN / DAY, seconds / DAY));
    return first.atStartOfDay(zone).toEpochSecond();
  }

  /** The Monday on which the week of {@code date} starts. */
  public static LocalDate monday(LocalDate date) {
    return date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
  }

  /** The end, in epoch seconds, of the UTC bucket that starts at {@code bucket}. */
  public long end(long bucket) {
    if (months == 0) {
      return bucket + seconds;
    }
    LocalDate first = LocalDate.ofInstant(Instant.ofEpochSecond(bucket), ZoneOffset.UTC);
    return first.plusMonths(months).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
  }

  /** The length in seconds, counting a month as 31 days: never less than the real length. */
  public long longestSeconds() {
    return months == 0 ? seconds : months * 31L * DAY;
  }
}
