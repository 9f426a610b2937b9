package dev.candlewick.indicator;

import static dev.candlewick.indicator.Averages.share;

/** Ranges, and bands around the price. */
final class Bands {
  private Bands() {}

  /** The true range: from the second candle on, because it needs the previous close. */
  static final class TrueRange {
    private final Line before;

    TrueRange(Layout layout) {
      before = Line.lag(layout, 1);
    }

    double next(double[] m, Bar bar) {
      double close = before.next(m, bar.close());
      return Math.max(bar.high(), close) - Math.min(bar.low(), close);
    }
  }

  static Formula tr(Arguments given) {
    Layout layout = new Layout();
    TrueRange range = new TrueRange(layout);
    return Formula.single(layout, 1, range::next);
  }

  static Formula atr(Arguments given) {
    Layout layout = new Layout();
    TrueRange range = new TrueRange(layout);
    Line mean = Line.rma(layout, given.integer(0));
    return Formula.single(layout, mean.warm + 1, (m, bar) -> mean.next(m, range.next(m, bar)));
  }

  static Formula natr(Arguments given) {
    Layout layout = new Layout();
    TrueRange range = new TrueRange(layout);
    Line mean = Line.rma(layout, given.integer(0));
    return Formula.single(
        layout,
        mean.warm + 1,
        (m, bar) -> share(100 * mean.next(m, range.next(m, bar)), bar.close(), Double.NaN));
  }

  /** The middle, then the upper and the lower band. */
  private static void bands(double middle, double width, double[] out, int at) {
    out[at] = middle;
    out[at + 1] = middle + width;
    out[at + 2] = middle - width;
  }

  static Formula bbands(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    double times = given.number(1);
    Line mean = Line.sma(layout, given.integer(0));
    Line variance = Line.variance(layout, given.integer(0));
    return Formula.of(
        layout,
        mean.warm,
        (m, bar, out, at) -> {
          double x = price.of(bar);
          bands(mean.next(m, x), times * Math.sqrt(variance.next(m, x)), out, at);
        });
  }

  static Formula keltner(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    double times = given.number(1);
    Line mean = Line.ema(layout, given.integer(0));
    TrueRange range = new TrueRange(layout);
    Line width = Line.rma(layout, given.integer(2));
    return Formula.of(
        layout,
        Math.max(mean.warm, width.warm + 1),
        (m, bar, out, at) ->
            bands(mean.next(m, price.of(bar)), times * width.next(m, range.next(m, bar)), out, at));
  }

  static Formula donchian(Arguments given) {
    Layout layout = new Layout();
    Line highest = Line.highest(layout, given.integer(0));
    Line lowest = Line.lowest(layout, given.integer(0));
    return Formula.of(
        layout,
        highest.warm,
        (m, bar, out, at) -> {
          out[at + 1] = highest.next(m, bar.high());
          out[at + 2] = lowest.next(m, bar.low());
          out[at] = (out[at + 1] + out[at + 2]) / 2;
        });
  }
}
