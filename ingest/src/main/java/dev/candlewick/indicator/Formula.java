package dev.candlewick.indicator;

/**
 * How an indicator is computed.
 *
 * @param size how many numbers its state has, all 0 at first
 * @param warm how many candles have to come before one, so that those before them no longer matter
 * @param start where the computation of a candle's value begins
 * @param cost of a step, counted in numbers looked at
 */
record Formula(int size, int warm, Start start, int cost, Step step) {
  /** Where the computation of a candle's value begins. */
  enum Start {
    /** So many candles before it that those left out no longer matter. */
    WARM,
    /** At the first candle that is held. */
    HELD,
    /** At midnight. */
    DAY
  }

  /** Takes one candle in and writes its values to {@code out}, from {@code at} on. */
  @FunctionalInterface
  interface Step {
    void next(double[] m, Bar bar, double[] out, int at);
  }

  /** A step that makes one value. */
  @FunctionalInterface
  interface Single {
    double next(double[] m, Bar bar);
  }

  static Formula of(Layout layout, int warm, Step step) {
    return new Formula(layout.size(), warm, Start.WARM, layout.cost(), step);
  }

  static Formula single(Layout layout, int warm, Single step) {
    return of(layout, warm, (m, bar, out, at) -> out[at] = step.next(m, bar));
  }

  Formula from(Start other) {
    return new Formula(size, warm, other, cost, step);
  }
}
