package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Doubles on the way out: the shortest digits that read back to the same double, without exponent
 * and without an empty fraction between 1e-7 and 1e21 ({@code 63000}, {@code 0.00000123}).
 */
public final class Numbers {
  private static final double PLAIN_FROM = 1e-7;
  private static final double PLAIN_BELOW = 1e21;
  private static final double MOST_DIGITS = 1e15;
  private static final double[] TENS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};

  private Numbers() {}

  /** The number's digits; valid JSON for every finite double. */
  public static String text(double value) {
    String decimal = shortDecimal(value);
    return decimal == null ? anyText(value) : decimal;
  }

  /**
   * A number of at most 15 digits, ten of them decimals, as most prices and sizes are: a tenth of
   * the general way's time. Null if it is none. The quotient is rounded correctly, so the first
   * that equals the number has its shortest digits.
   */
  private static @Nullable String shortDecimal(double value) {
    double size = Math.abs(value);
    for (int decimals = 0; size >= PLAIN_FROM && decimals < TENS.length; decimals++) {
      double digits = Math.rint(size * TENS[decimals]);
      if (digits >= MOST_DIGITS) {
        return null;
      }
      if (digits / TENS[decimals] == size) {
        return decimal(value < 0, (long) digits, decimals);
      }
    }
    return null;
  }

  private static String decimal(boolean negative, long digits, int decimals) {
    char[] text = new char[20];
    int at = text.length;
    long left = digits;
    for (int written = 0; left > 0 || written <= decimals; written++) {
      if (written == decimals && decimals > 0) {
        text[--at] = '.';
      }
      text[--at] = (char) ('0' + left % 10);
      left /= 10;
    }
    if (negative) {
      text[--at] = '-';
    }
    return new String(text, at, text.length - at);
  }

  private static String anyText(double value) {
    // Double.toString of JDK 17 is not always the shortest; this one is.
    String digits = NumberOutput.toString(value, true);
    double size = Math.abs(value);
    if (digits.indexOf('E') >= 0 && size >= PLAIN_FROM && size < PLAIN_BELOW) {
      return new BigDecimal(digits).stripTrailingZeros().toPlainString();
    }
    return digits.endsWith(".0")
        ? digits.substring(0, digits.length() - 2)
        : digits.replace(".0E", "E");
  }

  /** Writes the number as a JSON value, {@code null} for null. */
  public static void write(JsonGenerator json, @Nullable Double value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(text(value));
    }
  }

  /** Writes a field with that number or null. */
  public static void field(JsonGenerator json, String name, @Nullable Double value)
      throws IOException {
    json.writeFieldName(name);
    write(json, value);
  }
}
