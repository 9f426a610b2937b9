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
 *     many digits it has; or {@code mdy} or {@code dmy}: the order in dates like 01/02/2024
 * @param zone of dates and times without one
 */
record Times(String unit, ZoneId zone) {
  static final List<String> UNITS = List.of("s", "ms", "us", "ns");

  static final List<String> ORDERS = List.of("mdy", "dmy");

  private static final int MOST_DIGITS = 19;

  private static final int MOST_PLACES = 9;
  private static final String ISO = "0000-00-00T00:00:00";

  private static final Pattern DAY = Pattern.compile("^(\\d{4})(\\d{2})(\\d{2})$");
  private static final Pattern CLOCK = Pattern.compile("(?<=^|^\\d{2})(\\d{2})(?=\\d{2}$|\\d{4}$)");

  /** 20240102, and after it 0930, 093000, 09:30:00, each with a fraction or not. */
  private static final Pattern COMPACT =
      Pattern.compile(
          "(\\d{4})(\\d{2})(\\d{2})(?:[T ,]*(\\d{2}):?(\\d{2})(?::?(\\d{2})(?:[.,"
              + " ]?(\\d{1,9}))?)?)?( ?(?:Z|UTC|GMT|[+-].*))?");

  /** 1/2/2024, and after it a time. */
  private static final Pattern TURNED =
      Pattern.compile("(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4})(.*)");

  /** A time, and after it its zone: US/Eastern. */
  private static final Pattern ZONED = Pattern.compile("(.*\\d) ([A-Z][A-Za-z]+/[A-Za-z_/]+)");

  /** 2024-01-02, 2024/01/02 or 2024.01.02, and after it a time. */
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})(?:[T"
              + " ,]+(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?)?(?:[ -]?(AM|PM))?)?"
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
      if (digits && number >= 0 && isWritten(length)) {
        return text(cells.get(cell));
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

  /** Whether so many digits are year, month and day: no time in ms that is taken has as many. */
  private boolean isWritten(int digits) {
    return ORDERS.contains(unit) || (unit.equals("ms") && (digits == 8 || digits == 14));
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
    Matcher turned = TURNED.matcher(text);
    if (turned.matches()) {
      return turned(turned);
    }
    Matcher found = TEXT.matcher(text);
    if (!found.matches()) {
      return otherText(text);
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(found.group(1)),
              number(found.group(2)),
              number(found.group(3)),
              hour(found.group(4), found.group(8)),
              number(found.group(5)),
              number(found.group(6)));
      String fraction = found.group(7);
      long micros = fraction == null ? 0 : Long.parseLong((fraction + "000000").substring(0, 6));
      return local.toEpochSecond(offset(local, found.group(4) == null, found.group(9))) * 1_000_000L
          + micros;
    } catch (DateTimeException e) {
      throw new FormatException("\"" + text + "\" is not a time: " + e.getMessage());
    }
  }

  private long turned(Matcher date) throws FormatException {
    boolean isDotted = date.group().charAt(date.end(1)) == '.';
    if (!isDotted && !ORDERS.contains(unit)) {
      throw new FormatException(
          "\"%s\": month or day first? Say so with --map ts=COLUMN:mdy or ts=COLUMN:dmy"
              .formatted(date.group()));
    }
    int month = unit.equals("mdy") ? 1 : 2;
    return text(
        date.group(3) + "-" + date.group(month) + "-" + date.group(3 - month) + date.group(4));
  }

  private long otherText(String text) throws FormatException {
    Matcher compact = COMPACT.matcher(text);
    if (compact.matches()) {
      String day = compact.group(1) + "-" + compact.group(2) + "-" + compact.group(3);
      String hours = compact.group(4);
      String seconds = compact.group(6) == null ? "00" : compact.group(6);
      String fraction = compact.group(7) == null ? "" : "." + compact.group(7);
      String clock = " " + hours + ":" + compact.group(5) + ":" + seconds + fraction;
      String zone = compact.group(8) == null ? "" : compact.group(8);
      return text(day + (hours == null ? "" : clock) + zone);
    }
    Matcher zoned = ZONED.matcher(text);
    if (zoned.matches() && ZoneId.getAvailableZoneIds().contains(zoned.group(2))) {
      return new Times(unit, ZoneId.of(zoned.group(2))).text(zoned.group(1));
    }
    return decimal(text);
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
            case "ns" -> -3;
            default -> throw new NumberFormatException(unit);
          };
      return number.scaleByPowerOfTen(places).setScale(0, RoundingMode.FLOOR).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new FormatException("\"" + text + "\" is not a time");
    }
  }
}
