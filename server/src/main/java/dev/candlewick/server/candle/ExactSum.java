package dev.candlewick.server.candle;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A sum of doubles as PostgreSQL makes it of {@code sum(x::numeric)::float8}: each double is taken
 * at its 15 significant digits, these are added without error. So 0.1 + 0.2 is 0.3, and a candle
 * folded here is to the last bit the one that the roll-up will store.
 */
final class ExactSum {
  private static final MathContext FIFTEEN_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

  private BigDecimal sum = BigDecimal.ZERO;
  private boolean known = true;

  /** Adds a value; NaN, an unknown one, makes the sum unknown. */
  void add(double value) {
    if (Double.isNaN(value)) {
      known = false;
    } else if (known) {
      sum = sum.add(new BigDecimal(value).round(FIFTEEN_DIGITS));
    }
  }

  /** NaN if a value was. */
  double value() {
    return known ? sum.doubleValue() : Double.NaN;
  }
}
