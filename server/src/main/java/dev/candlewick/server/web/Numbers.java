package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Doubles in answers: the shortest digits that read back to the same double, without exponent and
 * without an empty fraction between 1e-7 and 1e21 ({@code 63000}, {@code 0.00000123}).
 */
public final class Numbers {
  private static final double PLAIN_FROM = 1e-7;
  private static final double PLAIN_BELOW = 1e21;
  private static final double MOST_DIGITS = 1e15;
  private static final double MOST_SIZE = 1e13;
  private static final int USUAL_DECIMALS = 2;
  private static final int MOST_CHARS = 20;
  private static final double[] TENS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};

  private Numbers() {}

  /** The number's digits; valid JSON for every finite double. */
  public static String text(double value) {
    char[] text = new char[MOST_CHARS];
    int first = shortDecimal(value, text);
    return first < 0 ? anyText(value) : new String(text, first, MOST_CHARS - first);
  }

  /**
   * Writes a number of at most 15 digits, ten of them decimals, as most prices and sizes are, at
   * the end of the text: a tenth of the time of the general method. A quotient is rounded
   * correctly, so if one equals the number it has its digits, and if the one with the most decimals
   * does not, none does.
   *
   * @return where in the text the number starts; -1 if it is not such a number
   */
  private static int shortDecimal(double value, char[] text) {
    double size = Math.abs(value);
    if (!(size < MOST_SIZE) || (size < PLAIN_FROM && Double.doubleToRawLongBits(value) != 0)) {
      return -1;
    }
    int decimals = USUAL_DECIMALS;
    double digits = Math.rint(size * TENS[decimals]);
    if (digits / TENS[decimals] != size) {
      decimals = TENS.length - 1;
      while (size * TENS[decimals] >= MOST_DIGITS) {
        decimals--;
      }
      digits = Math.rint(size * TENS[decimals]);
      if (digits / TENS[decimals] != size) {
        return -1;
      }
    }
    long left = (long) digits;
    while (decimals > 0 && left % 10 == 0) {
      left /= 10;
      decimals--;
    }
    return write(text, value < 0, left, decimals);
  }

  private static int write(char[] text, boolean negative, long digits, int decimals) {
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
    return at;
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

  /** The number, NaN if unknown. */
  public static double known(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  /** Writes the number as a JSON value, {@code null} for NaN. */
  public static void write(JsonGenerator json, double value) throws IOException {
    if (Double.isNaN(value)) {
      json.writeNull();
      return;
    }
    char[] text = new char[MOST_CHARS];
    int first = shortDecimal(value, text);
    if (first < 0) {
      json.writeNumber(anyText(value));
    } else {
      json.writeNumber(text, first, MOST_CHARS - first);
    }
  }

  /** Writes a field with that number, {@code null} for NaN. */
  public static void field(JsonGenerator json, SerializableString name, double value)
      throws IOException {
    json.writeFieldName(name);
    write(json, value);
  }

  /** Writes a field with that number or null. */
  public static void field(JsonGenerator json, String name, @Nullable Double value)
      throws IOException {
    json.writeFieldName(name);
    write(json, known(value));
  }
}
