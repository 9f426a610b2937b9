package dev.candlewick.ingest.row;

import java.util.regex.Pattern;

/** Prices and sizes: JSON numbers or decimal strings, kept as the nearest double. */
public final class Decimals {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
  private static final int MAX_LENGTH = 200;
  private static final double SMALLEST = 1e-30;
  private static final double LARGEST = 1e30;

  private Decimals() {}

  /**
   * The number, never -0; NaN if {@code raw} is not a number. A number too small for a double is
   * not read as 0.
   */
  public static double parse(Object raw) {
    if (raw instanceof Double number) {
      return number;
    }
    if (raw instanceof Long number) {
      return number;
    }
    if (!(raw instanceof String text)
        || text.length() > MAX_LENGTH
        || !DECIMAL.matcher(text).matches()) {
      return Double.NaN;
    }
    double number = Double.parseDouble(text);
    if (number != 0) {
      return number;
    }
    return isZero(text) ? 0 : Double.MIN_VALUE;
  }

  public static boolean namesNotFinite(String text) {
    return text.matches("(?i)[+-]?(nan|inf|infinity)");
  }

  /** Far beyond any market, yet small enough that sums of products stay finite. */
  public static boolean inRange(double number) {
    double size = Math.abs(number);
    return size == 0 || (size >= SMALLEST && size <= LARGEST);
  }

  private static boolean isZero(String text) {
    for (int i = 0; i < text.length() && text.charAt(i) != 'e' && text.charAt(i) != 'E'; i++) {
      if (text.charAt(i) >= '1' && text.charAt(i) <= '9') {
        return false;
      }
    }
    return true;
  }
}
