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

  private Numbers() {}

  /** The number's digits; valid JSON for every finite double. */
  public static String text(double value) {
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
