package dev.candlewick.indicator;

/** Averages of the price. */
final class Averages {
  private Averages() {}

  /** One line computed from the price. */
  private static Formula over(Price price, Layout layout, Line line) {
    return Formula.single(layout, line.warm, (m, bar) -> line.next(m, price.of(bar)));
  }

  static Formula sma(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.sma(layout, given.integer(0)));
  }

  static Formula ema(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.ema(layout, given.integer(0)));
  }

  static Formula wma(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.wma(layout, given.integer(0)));
  }

  static Formula rma(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.rma(layout, given.integer(0)));
  }

  static Formula highest(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.highest(layout, given.integer(0)));
  }

  static Formula lowest(Arguments given) {
    Layout layout = new Layout();
    return over(given.price(), layout, Line.lowest(layout, given.integer(0)));
  }

  /** Hull's moving average: the WMA over sqrt(n) of twice the WMA over n/2 minus that over n. */
  static Formula hma(Arguments given) {
    Layout layout = new Layout();
    int n = given.integer(0);
    Price price = given.price();
    Line half = Line.wma(layout, Math.max(1, n / 2));
    Line whole = Line.wma(layout, n);
    Line smooth = Line.wma(layout, (int) Math.sqrt(n));
    return Formula.single(
        layout,
        whole.warm + smooth.warm,
        (m, bar) -> {
          double x = price.of(bar);
          return smooth.next(m, 2 * half.next(m, x) - whole.next(m, x));
        });
  }

  /** EMAs, each computed from the one before it. */
  private static final class Chain {
    private final Line first;
    private final Line second;
    private final Line third;

    Chain(Layout layout, int n) {
      first = Line.ema(layout, n);
      second = Line.ema(layout, n);
      third = Line.ema(layout, n);
    }
  }

  static Formula dema(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Chain emas = new Chain(layout, given.integer(0));
    return Formula.single(
        layout,
        2 * emas.first.warm,
        (m, bar) -> {
          double one = emas.first.next(m, price.of(bar));
          return 2 * one - emas.second.next(m, one);
        });
  }

  static Formula tema(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Chain emas = new Chain(layout, given.integer(0));
    return Formula.single(
        layout,
        3 * emas.first.warm,
        (m, bar) -> {
          double one = emas.first.next(m, price.of(bar));
          double two = emas.second.next(m, one);
          return 3 * one - 3 * two + emas.third.next(m, two);
        });
  }

  /** The change of the triple EMA, in percent. */
  static Formula trix(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Chain emas = new Chain(layout, given.integer(0));
    Line before = Line.lag(layout, 1);
    return Formula.single(
        layout,
        3 * emas.first.warm + 1,
        (m, bar) -> {
          double two = emas.second.next(m, emas.first.next(m, price.of(bar)));
          double three = emas.third.next(m, two);
          return 100 * Statistics.growth(three, before.next(m, three));
        });
  }

  /** Price weighted by volume; no value if nothing was traded. */
  static Formula vwma(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Line amount = Line.sum(layout, given.integer(0));
    Line volume = Line.sum(layout, given.integer(0));
    return Formula.single(
        layout,
        amount.warm,
        (m, bar) ->
            share(
                amount.next(m, price.of(bar) * bar.volume()),
                volume.next(m, bar.volume()),
                Double.NaN));
  }

  /** Since midnight, or over the last candles if their number is given. */
  static Formula vwap(Arguments given) {
    if (given.integer(0) > 0) {
      return vwma(given);
    }
    Layout layout = new Layout();
    Price price = given.price();
    int amount = layout.take(2);
    return Formula.single(
            layout,
            0,
            (m, bar) -> {
              m[amount] += price.of(bar) * bar.volume();
              m[amount + 1] += bar.volume();
              return share(m[amount], m[amount + 1], Double.NaN);
            })
        .from(Formula.Start.DAY);
  }

  /** The quotient, or another value if the divisor is 0. */
  static double share(double part, double whole, double otherwise) {
    return whole == 0 ? otherwise : part / whole;
  }
}
