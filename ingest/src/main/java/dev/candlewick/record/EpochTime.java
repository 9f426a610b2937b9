package dev.candlewick.record;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times in their wire formats, as microseconds since the epoch. */
public final class EpochTime {
  private static final String DATE_TIME = "0000-00-00T00:00:00";
  private static final int MOST_DECIMALS = 100;
  private static final int NANO_DIGITS = 9;
  private static final Pattern ZONE = Pattern.compile("[+-][0-9]{2}:[0-9]{2}");
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
    int fraction = DATE_TIME.length();
    int zone = fraction;
    if (text.startsWith(".", fraction)) {
      zone = digitsEnd(text, fraction + 1);
    }
    int decimals = zone - fraction - 1;
    if (!startsWithDateTime(text) || decimals == 0 || decimals > MOST_DECIMALS) {
      throw new IllegalArgumentException("not RFC 3339");
    }
    LocalDateTime local =
        LocalDateTime.of(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13),
            number(text, 14, 16),
            number(text, 17, fraction));
    Instant second = local.toInstant(zone(text.substring(zone)));
    return decimals < 0 ? second : second.plusNanos(nanos(text, fraction + 1, zone));
  }

  private static boolean startsWithDateTime(String text) {
    boolean matches = text.length() > DATE_TIME.length();
    for (int i = 0; matches && i < DATE_TIME.length(); i++) {
      char c = text.charAt(i);
      matches =
          switch (DATE_TIME.charAt(i)) {
            case '0' -> isDigit(c);
            case 'T' -> c == 'T' || c == 't' || c == ' ';
            default -> c == DATE_TIME.charAt(i);
          };
    }
    return matches;
  }

  private static ZoneOffset zone(String text) {
    if (text.equalsIgnoreCase("Z")) {
      return ZoneOffset.UTC;
    }
    if (!ZONE.matcher(text).matches()) {
      throw new IllegalArgumentException("not RFC 3339");
    }
    return ZoneOffset.of(text);
  }

  private static int nanos(String text, int from, int to) {
    int nanos = 0;
    for (int i = from; i < from + NANO_DIGITS; i++) {
      nanos = 10 * nanos + (i < to ? text.charAt(i) - '0' : 0);
    }
    boolean isFiner = false;
    for (int i = from + NANO_DIGITS; i < to; i++) {
      isFiner |= text.charAt(i) != '0';
    }
    return isFiner && nanos % NANOS_PER_MICRO == 0 ? nanos + 1 : nanos;
  }

  private static int number(String text, int from, int to) {
    return Integer.parseInt(text, from, to, 10);
  }

  private static int digitsEnd(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
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
