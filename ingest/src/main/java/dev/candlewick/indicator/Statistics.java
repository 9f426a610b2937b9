package dev.candlewick.indicator;

import static dev.candlewick.indicator.Averages.share;

/** Changes of the price, and how much it varies. */
final class Statistics {
  private Statistics() {}

  /** The change as a fraction of the earlier value. */
  static double growth(double now, double before) {
    return share(now - before, before, Double.NaN);
  }

  /** Only for prices above 0. */
  private static double logGrowth(double now, double before) {
    return now > 0 && before > 0 ? Math.log(now / before) : Double.NaN;
  }

  private interface Comparison {
    double of(double now, double before);
  }

  private static Formula since(Arguments given, Comparison comparison) {
    Layout layout = new Layout();
    Price price = given.price();
    Line before = Line.lag(layout, given.integer(0));
    return Formula.single(
        layout,
        before.warm,
        (m, bar) -> {
          double now = price.of(bar);
          return comparison.of(now, before.next(m, now));
        });
  }

  static Formula roc(Arguments given) {
    return since(given, (now, before) -> 100 * growth(now, before));
  }

  static Formula mom(Arguments given) {
    return since(given, (now, before) -> now - before);
  }

  static Formula simpleReturn(Arguments given) {
    return since(given, Statistics::growth);
  }

  static Formula logReturn(Arguments given) {
    return since(given, Statistics::logGrowth);
  }

  private interface Spread {
    double of(double x, double mean, double variance);
  }

  private static Formula spread(Arguments given, Spread spread) {
    Layout layout = new Layout();
    Price price = given.price();
    Line mean = Line.sma(layout, given.integer(0));
    Line variance = Line.variance(layout, given.integer(0));
    return Formula.single(
        layout,
        mean.warm,
        (m, bar) -> {
          double x = price.of(bar);
          return spread.of(x, mean.next(m, x), variance.next(m, x));
        });
  }

  static Formula var(Arguments given) {
    return spread(given, (x, mean, variance) -> variance);
  }

  static Formula stddev(Arguments given) {
    return spread(given, (x, mean, variance) -> Math.sqrt(variance));
  }

  static Formula zscore(Arguments given) {
    return spread(given, (x, mean, variance) -> share(x - mean, Math.sqrt(variance), 0));
  }

  /**
   * The sample standard deviation of the last n one-candle logarithmic returns; none while one of
   * them does not exist, because a price was not above 0.
   */
  static Formula volatility(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    int n = given.integer(0);
    Line before = Line.lag(layout, 1);
    Window moves = new Window(layout, n);
    return Formula.single(
        layout,
        n + 1,
        (m, bar) -> {
          double now = price.of(bar);
          double last = before.next(m, now);
          if (Double.isNaN(last)) {
            return Double.NaN;
          }
          moves.push(m, logGrowth(now, last));
          return moves.isFull(m)
              ? Math.sqrt(moves.squares(m, moves.mean(m)) / (n - 1))
              : Double.NaN;
        });
  }
}
