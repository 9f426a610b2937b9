package dev.candlewick.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A sum of doubles as PostgreSQL computes {@code sum(x::numeric)::float8}: each double is taken at
 * its 15 significant digits, and these are added without error. So 0.1 + 0.2 is 0.3, and a candle
 * folded here equals, to the last bit, the one the roll-up will store.
 *
 * <p>Fifteen digits are a whole number below 10^15 and a scale; whole numbers of the same scale are
 * added as such. Anything that does not fit that, or not certainly, is added as a {@link
 * BigDecimal}.
 */
public final class ExactSum {
  private static final MathContext FIFTEEN_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);
  private static final double ABOVE = 1e15;

  /** Every whole number below this is a double. */
  private static final long WHOLE = 1L << 53;

  /** The sum of one scale stays at least one addend away from overflow. */
  private static final long ROOM = Long.MAX_VALUE - 2_000_000_000_000_000L;

  /** Two factors up to this have a product that fits a long. */
  private static final double MOST_FACTOR = 3e9;

  private static final int MOST_FACTOR_SCALE = 8;

  /** A product with a larger power of ten would be rounded more than once. */
  private static final double[] POWERS = new double[23];

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
    }
  }

  private final long[] byScale = new long[POWERS.length];
  private BigDecimal others = BigDecimal.ZERO;
  private boolean known = true;

  /** Adds a value; NaN, meaning unknown, makes the sum unknown. */
  public void add(double value) {
    if (Double.isNaN(value)) {
      known = false;
    } else if (known && value != 0) {
      addKnown(value);
    }
  }

  /** Adds a product of two known values. */
  public void addProduct(double one, double other) {
    int scale = scale(one);
    int otherScale = scale(other);
    if (scale >= 0 && otherScale >= 0) {
      long product =
          (long) Math.rint(one * POWERS[scale]) * (long) Math.rint(other * POWERS[otherScale]);
      if (Math.abs((double) byScale[scale + otherScale] + product) < ROOM) {
        byScale[scale + otherScale] += product;
        return;
      }
    }
    add(decimal(one).multiply(decimal(other)));
  }

  /** Adds a decimal. */
  void add(BigDecimal value) {
    others = others.add(value);
  }

  /**
   * For a number with few digits, as most prices and sizes are, how many of them are decimals;
   * otherwise -1.
   */
  private static int scale(double value) {
    for (int scale = 0; scale <= MOST_FACTOR_SCALE; scale++) {
      double whole = Math.rint(value * POWERS[scale]);
      if (Math.abs(whole) > MOST_FACTOR) {
        return -1;
      }
      // Rounded once, so it is the number only if these are its digits.
      if (whole / POWERS[scale] == value) {
        return scale;
      }
    }
    return -1;
  }

  private static BigDecimal decimal(double value) {
    return new BigDecimal(value).round(FIFTEEN_DIGITS);
  }

  private void addKnown(double value) {
    // The exponent of ten, or one less.
    int exponent = (int) Math.floor(Math.getExponent(value) * 0.30102999566398120);
    int scale = 14 - exponent;
    if (scale > 0 && scale < POWERS.length) {
      double digits = value * POWERS[scale];
      if (Math.abs(digits) >= ABOVE) {
        scale--;
        digits = value * POWERS[scale];
      }
      double whole = Math.rint(digits);
      // The product is off by a sixteenth at most.
      if (Math.abs(digits - whole) < 0.4 && Math.abs(byScale[scale]) < ROOM) {
        byScale[scale] += (long) whole;
        return;
      }
    }
    add(decimal(value));
  }

  /** NaN if any value was. */
  public double value() {
    if (!known) {
      return Double.NaN;
    }
    if (others.signum() != 0) {
      return exact().doubleValue();
    }
    int scale = POWERS.length - 1;
    while (scale > 0 && byScale[scale] == 0) {
      scale--;
    }
    long sum = 0;
    for (int i = scale; i >= 0; i--) {
      if (byScale[i] != 0) {
        double part = byScale[i] * POWERS[scale - i];
        if (Math.abs(part) > 4e18 || Math.abs(sum) > 4e18) {
          return exact().doubleValue();
        }
        sum += byScale[i] * (long) POWERS[scale - i];
      }
    }
    while (Math.abs(sum) >= WHOLE && scale > 0 && sum % 10 == 0) {
      sum /= 10;
      scale--;
    }
    return Math.abs(sum) < WHOLE
        ? sum / POWERS[scale]
        : BigDecimal.valueOf(sum, scale).doubleValue();
  }

  /** The exact sum of the known values. */
  BigDecimal exact() {
    BigDecimal sum = others;
    for (int i = 0; i < byScale.length; i++) {
      if (byScale[i] != 0) {
        sum = sum.add(BigDecimal.valueOf(byScale[i], i));
      }
    }
    return sum;
  }
}
