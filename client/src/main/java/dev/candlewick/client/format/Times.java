package dev.candlewick.client.format;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Times as files write them, as microseconds since 1970; anything finer is truncated.
 *
 * @param unit of a number: {@code s}, {@code ms}, {@code us}, {@code ns}; {@code digits}: by how
 *     many digits it has
 * @param zone of dates and times without one
 */
record Times(String unit, ZoneId zone) {
  static final List<String> UNITS = List.of("s", "ms", "us", "ns");

  private static final int MOST_DIGITS = 19;

  private static final int MOST_PLACES = 9;
  private static final String ISO = "0000-00-00T00:00:00";

  private static final Pattern DAY = Pattern.compile("^(\\d{4})(\\d{2})(\\d{2})$");
  private static final Pattern CLOCK = Pattern.compile("(?<=^|^\\d{2})(\\d{2})(?=\\d{2}$|\\d{4}$)");

  /** 2024-01-02, 2024/01/02, 2024.01.02 or 02.01.2024, and after it a time. */
  private static final Pattern TEXT =
      Pattern.compile(
          "(?:(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})|(\\d{2})\\.(\\d{2})\\.(\\d{4}))"
              + "(?:[T ,]+(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?|-(AM|PM)))?"
              + " ?(Z|UTC|GMT|(?:GMT)?[+-]\\d{2}:?(?:\\d{2})?)?");

  /**
   * Microseconds since 1970.
   *
   * @throws FormatException if it is not a time
   */
  long micros(Cells cells, int cell) throws FormatException {
    int length = cells.length(cell);
    if (length <= MOST_DIGITS) {
      long number = 0;
      int i = cells.at(cell, 0) == '-' ? 1 : 0;
      boolean negative = i == 1;
      boolean digits = i < length;
      for (; digits && i < length; i++) {
        int digit = cells.at(cell, i) - '0';
        digits = digit >= 0 && digit <= 9;
        number = 10 * number + digit;
      }
      if (digits && number >= 0) {
        return scaled(negative ? -number : number, length);
      }
    }
    return isIso(cells, cell) ? iso(cells, cell) : text(cells.get(cell));
  }

  /**
   * Whether it is written {@code 2026-01-02T03:04:05}, with a space or not, with a fraction or not,
   * in UTC or without a zone.
   */
  static boolean isIso(Cells cells, int cell) {
    int end = cells.length(cell);
    if (end > ISO.length() && cells.at(cell, end - 1) == 'Z') {
      end--;
    }
    if (end < ISO.length() || end == ISO.length() + 1 || end > ISO.length() + 1 + MOST_PLACES) {
      return false;
    }
    for (int i = 0; i < end; i++) {
      char c = cells.at(cell, i);
      char due = i < ISO.length() ? ISO.charAt(i) : i == ISO.length() ? '.' : '0';
      boolean matches = due == '0' ? c >= '0' && c <= '9' : c == due || (due == 'T' && c == ' ');
      if (!matches) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same as {@link #micros} of one that {@link #isIso}, without a pattern: files have millions
   * of them.
   */
  long iso(Cells cells, int cell) throws FormatException {
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(cells, cell, 0, 4),
              number(cells, cell, 5, 7),
              number(cells, cell, 8, 10),
              number(cells, cell, 11, 13),
              number(cells, cell, 14, 16),
              number(cells, cell, 17, 19));
      boolean isUtc = cells.at(cell, cells.length(cell) - 1) == 'Z';
      int places = Math.min(cells.length(cell) - (isUtc ? 1 : 0), ISO.length() + 1 + 6);
      int micros = number(cells, cell, ISO.length() + 1, places);
      for (int i = places; i < ISO.length() + 1 + 6; i++) {
        micros *= 10;
      }
      ZoneOffset offset = isUtc ? ZoneOffset.UTC : offset(local, false, null);
      return local.toEpochSecond(offset) * 1_000_000L + micros;
    } catch (DateTimeException e) {
      return text(cells.get(cell));
    }
  }

  private static int number(Cells cells, int cell, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + cells.at(cell, i) - '0';
    }
    return number;
  }

  /** The same for a day, also like 20240102, and a time of it, also like 0930 or 093000. */
  long micros(String day, String clock) throws FormatException {
    return text(
        DAY.matcher(day.strip()).replaceFirst("$1-$2-$3")
            + " "
            + CLOCK.matcher(clock.strip()).replaceAll("$1:"));
  }

  private long scaled(long number, int digits) throws FormatException {
    return switch (unit.equals("digits") ? unitOf(digits) : unit) {
      case "s" -> Math.multiplyExact(checked(number), 1_000_000L);
      case "ms" -> Math.multiplyExact(checked(number), 1_000L);
      case "us" -> number;
      default -> Math.floorDiv(number, 1_000L);
    };
  }

  /** A number that no unit makes a time would overflow when multiplied. */
  private static long checked(long number) throws FormatException {
    if (Math.abs(number) > Long.MAX_VALUE / 1_000_000) {
      throw new FormatException("time " + number + " is out of range: wrong unit?");
    }
    return number;
  }

  private static String unitOf(int digits) {
    return digits <= 11 ? "s" : digits <= 14 ? "ms" : digits <= 17 ? "us" : "ns";
  }

  private long text(String text) throws FormatException {
    Matcher found = TEXT.matcher(text);
    if (!found.matches()) {
      return decimal(text);
    }
    boolean dayFirst = found.group(1) == null;
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(found.group(dayFirst ? 6 : 1)),
              number(found.group(dayFirst ? 5 : 2)),
              number(found.group(dayFirst ? 4 : 3)),
              hour(found.group(7), found.group(11)),
              number(found.group(8)),
              number(found.group(9)));
      String fraction = found.group(10);
      long micros = fraction == null ? 0 : Long.parseLong((fraction + "000000").substring(0, 6));
      return local.toEpochSecond(offset(local, found.group(7) == null, found.group(12)))
              * 1_000_000L
          + micros;
    } catch (DateTimeException e) {
      throw new FormatException("\"" + text + "\" is not a time: " + e.getMessage());
    }
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  private static int hour(@Nullable String hour, @Nullable String half) {
    return half == null ? number(hour) : number(hour) % 12 + (half.equals("PM") ? 12 : 0);
  }

  private ZoneOffset offset(LocalDateTime local, boolean isDay, @Nullable String written)
      throws FormatException {
    if (written == null) {
      ZoneRules rules = zone.getRules();
      List<ZoneOffset> valid = rules.getValidOffsets(local);
      if (valid.isEmpty()) {
        throw new FormatException(local + " does not exist in " + zone);
      }
      if (valid.size() > 1 && !isDay) {
        throw new FormatException(
            local + " occurs twice in " + zone + ": it needs an offset, or a file in UTC");
      }
      return valid.get(0);
    }
    String offset = written.replace("GMT", "").replace("UTC", "").replace("Z", "");
    return offset.isEmpty() ? ZoneOffset.UTC : ZoneOffset.of(offset);
  }

  /** A number with a fraction or an exponent, exactly. */
  private long decimal(String text) throws FormatException {
    try {
      BigDecimal number = new BigDecimal(text);
      int digits = number.precision() - number.scale();
      int places =
          switch (unit.equals("digits") ? unitOf(digits) : unit) {
            case "s" -> 6;
            case "ms" -> 3;
            case "us" -> 0;
            default -> -3;
          };
      return number.scaleByPowerOfTen(places).setScale(0, RoundingMode.FLOOR).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new FormatException("\"" + text + "\" is not a time");
    }
  }
}
