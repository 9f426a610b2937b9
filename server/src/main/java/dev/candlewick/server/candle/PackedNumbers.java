package dev.candlewick.server.candle;

import java.nio.charset.StandardCharsets;

/** Reads the values of a packed row one after another. */
final class PackedNumbers {
  /** So many digits, and 10 to the power of that, are exact in a double; so is their quotient. */
  private static final int MOST_DIGITS = 15;

  private static final double[] TENS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private final byte[] packed;
  private int at;

  /** Starts at a row. */
  PackedNumbers(byte[] packed, int row) {
    this.packed = packed;
    this.at = row;
  }

  /** Passes over the next value. */
  void skip() {
    at++;
    while (packed[at] >= 0) {
      at++;
    }
  }

  /** The next value, NaN for null. */
  double next() {
    int first = at + 1;
    int next = packed[first] == '-' ? first + 1 : first;
    int digits = 0;
    int point = -1;
    long number = 0;
    byte here = packed[next];
    while (here == '.' || ('0' <= here && here <= '9' && digits <= MOST_DIGITS)) {
      if (here == '.') {
        point = digits;
      } else {
        number = 10 * number + here - '0';
        digits++;
      }
      here = packed[++next];
    }
    if (here >= 0 || digits > MOST_DIGITS) {
      return parsed(first);
    }
    at = next;
    double size = point < 0 ? number : number / TENS[digits - point];
    return packed[first] == '-' ? -size : size;
  }

  private double parsed(int first) {
    skip();
    String text = new String(packed, first, at - first, StandardCharsets.US_ASCII);
    return text.equals("null") ? Double.NaN : Double.parseDouble(text);
  }
}
