package dev.candlewick.client;

import java.util.SplittableRandom;

/**
 * Brownian motion that can be read at any time: a pure function of seed and time, so that nothing
 * has to be remembered. It is drawn by bisection (Lévy's construction): the value in the middle of
 * a span is the mean of its ends plus a normal deviate specific to that midpoint. The walk is 0
 * every 2.2 years, where the outermost spans meet.
 */
final class RandomWalk {
  /** Microseconds; a power of two. */
  private static final long OUTERMOST = 1L << 46;

  /** Below an eighth of a second the walk is straight. */
  private static final long INNERMOST = 1L << 17;

  private static final double MICROS_PER_YEAR = 365.25 * 86_400e6;

  private final long seed;
  private final double deviationPerRootMicro;

  /** {@code volatility}: standard deviation of one year's change, for example 0.5. */
  RandomWalk(long seed, double volatility) {
    this.seed = seed;
    this.deviationPerRootMicro = volatility / Math.sqrt(MICROS_PER_YEAR);
  }

  /** The value at a time, microseconds since the epoch. */
  double at(long micros) {
    long start = Math.floorDiv(micros, OUTERMOST) * OUTERMOST;
    double left = 0;
    double right = 0;
    long span = OUTERMOST;
    while (span > INNERMOST) {
      long middle = start + span / 2;
      double spread = deviationPerRootMicro * Math.sqrt(span) / 2;
      double value = (left + right) / 2 + spread * random(middle).nextGaussian();
      if (micros < middle) {
        right = value;
      } else {
        left = value;
        start = middle;
      }
      span /= 2;
    }
    return left + (right - left) * (micros - start) / span;
  }

  private SplittableRandom random(long middle) {
    return new SplittableRandom(seed ^ Long.rotateLeft(middle * 0x9E3779B97F4A7C15L, 29));
  }
}
