package dev.candlewick.server.binance;

import dev.candlewick.server.web.Numbers;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Prices and sizes as Binance writes them: {@code 0.01634790}, never with an exponent. */
final class Decimals {
  private static final int PLACES = 8;

  private Decimals() {}

  /** With eight decimal places, or more if the number has more; NaN, unknown, is zero. */
  static String text(double value) {
    BigDecimal exact = Double.isNaN(value) ? BigDecimal.ZERO : new BigDecimal(Numbers.text(value));
    return exact.setScale(Math.max(PLACES, exact.scale())).toPlainString();
  }

  /** The product, with eight decimal places. */
  static String product(double a, double b) {
    return new BigDecimal(Numbers.text(a))
        .multiply(new BigDecimal(Numbers.text(b)))
        .setScale(PLACES, RoundingMode.HALF_UP)
        .toPlainString();
  }

  /** How many decimal places the number has. */
  static int places(double value) {
    return Math.max(0, new BigDecimal(Numbers.text(value)).stripTrailingZeros().scale());
  }
}
