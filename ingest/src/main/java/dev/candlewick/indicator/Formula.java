package dev.candlewick.indicator;

/**
 * How an indicator is computed.
 *
 * @param size how many numbers its state has, all initially 0
 * @param warm how many candles must precede one for earlier ones to be negligible
 * @param start where the computation of a candle's value starts
 * @param cost of a step, counted in numbers read
 */
record Formula(int size, int warm, Start start, int cost, Step step) {
  /** Where the computation of a candle's value starts. */
  enum Start {
    /** Far enough before it that earlier candles are negligible. */
    WARM,
    /** At the first candle that is stored. */
    HELD,
    /** At midnight. */
    DAY
  }

  /** Consumes one candle and writes its values to {@code out}, starting at {@code at}. */
  @FunctionalInterface
  interface Step {
    void next(double[] m, Bar bar, double[] out, int at);
  }

  /** A step that produces one value. */
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
