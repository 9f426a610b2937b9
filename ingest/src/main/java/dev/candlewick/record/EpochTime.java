package dev.candlewick.record;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times in their wire formats, as microseconds since the epoch. */
public final class EpochTime {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})"
              + "((?<nanos>\\.[0-9]{1,9})(?<finer>[0-9]{0,91}))?"
              + "(?<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
  private static final int LONGEST_NUMBER = 100;
  private static final int MICRO_DIGITS = 6;
  private static final int NANOS_PER_MICRO = 1_000;

  /** No time has this many digits before the point, or needs this many after it. */
  private static final int FAR = 40;

  private EpochTime() {}

  /**
   * The instant of an RFC 3339 time, which may have a space instead of T. Anything finer than a
   * nanosecond is reflected in the last digit, so that rounding to microseconds does not miss it.
   *
   * @throws DateTimeException if there is no such date or time of day
   * @throws IllegalArgumentException if the text is not RFC 3339
   */
  public static Instant instant(String text) {
    Matcher parts = RFC_3339.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not RFC 3339");
    }
    String nanos = parts.group("nanos") == null ? "" : parts.group("nanos");
    Instant instant =
        OffsetDateTime.parse(
                parts.group("date") + 'T' + parts.group("time") + nanos + parts.group("zone"),
                DateTimeFormatter.ISO_OFFSET_DATE_TIME)
            .toInstant();
    String finer = parts.group("finer");
    boolean isFiner = finer != null && finer.chars().anyMatch(digit -> digit != '0');
    return isFiner && instant.getNano() % NANOS_PER_MICRO == 0 ? instant.plusNanos(1) : instant;
  }

  /** The number, with a fraction or an exponent if it has one; null if the text is not a number. */
  public static @Nullable BigDecimal number(String text) {
    boolean isNumber = text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches();
    return isNumber ? new BigDecimal(text) : null;
  }

  /**
   * The microseconds of a number that counts units of {@code 10^-digits} seconds; anything finer is
   * rounded.
   *
   * @param digits 0 for seconds, 3 for milliseconds, 6, 9
   * @throws ArithmeticException if they do not fit a long
   */
  public static long micros(BigDecimal number, int digits, RoundingMode rounding) {
    return whole(number, MICRO_DIGITS - digits, rounding);
  }

  /**
   * The number with its point moved right by so many digits, rounded to a whole number.
   *
   * @throws ArithmeticException if it does not fit a long
   */
  public static long whole(BigDecimal number, int digits, RoundingMode rounding) {
    int magnitude = number.precision() - number.scale();
    if (magnitude > FAR && number.signum() != 0) {
      throw new ArithmeticException("too far from 1970");
    }
    // Anything smaller is rounded like the smallest number considered.
    BigDecimal near =
        magnitude < -FAR ? BigDecimal.valueOf(number.signum()).movePointLeft(FAR) : number;
    return number.signum() == 0
        ? 0
        : near.movePointRight(digits).setScale(0, rounding).longValueExact();
  }

  /**
   * The microseconds of an instant; anything finer is rounded.
   *
   * @throws ArithmeticException if they do not fit a long
   */
  public static long micros(Instant instant, RoundingMode rounding) {
    return micros(
        BigDecimal.valueOf(instant.getEpochSecond()).add(BigDecimal.valueOf(instant.getNano(), 9)),
        0,
        rounding);
  }
}
