package dev.candlewick.indicator;

import static dev.candlewick.indicator.Averages.share;

/** Indicators that move within bounds or around 0. A flat market is in the middle. */
final class Oscillators {
  private static final double MIDDLE = 50;

  private Oscillators() {}

  /** Wilder's relative strength index. */
  private static final class Strength {
    private final Line change;
    private final Line gain;
    private final Line loss;

    Strength(Layout layout, int n) {
      change = Line.change(layout);
      gain = Line.rma(layout, n);
      loss = Line.rma(layout, n);
    }

    int warm() {
      return gain.warm + 1;
    }

    double next(double[] m, double price) {
      double moved = change.next(m, price);
      double up = gain.next(m, Double.isNaN(moved) ? moved : Math.max(moved, 0));
      double down = loss.next(m, Double.isNaN(moved) ? moved : Math.max(-moved, 0));
      return share(100 * up, up + down, MIDDLE);
    }
  }

  static Formula rsi(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Strength strength = new Strength(layout, given.integer(0));
    return Formula.single(layout, strength.warm(), (m, bar) -> strength.next(m, price.of(bar)));
  }

  /** Where a value is between the lowest and the highest of the last n, in percent. */
  private static final class Place {
    private final Line highest;
    private final Line lowest;

    Place(Layout layout, int n) {
      highest = Line.highest(layout, n);
      lowest = Line.lowest(layout, n);
    }

    double next(double[] m, double high, double low, double value) {
      double top = highest.next(m, high);
      double bottom = lowest.next(m, low);
      return share(100 * (value - bottom), top - bottom, MIDDLE);
    }
  }

  static Formula stochrsi(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Strength strength = new Strength(layout, given.integer(0));
    Place place = new Place(layout, given.integer(1));
    Line k = Line.sma(layout, given.integer(2));
    Line d = Line.sma(layout, given.integer(3));
    return Formula.of(
        layout,
        strength.warm() + place.highest.warm + k.warm + d.warm,
        (m, bar, out, at) -> {
          double rsi = strength.next(m, price.of(bar));
          out[at] = k.next(m, place.next(m, rsi, rsi, rsi));
          out[at + 1] = d.next(m, out[at]);
        });
  }

  static Formula stoch(Arguments given) {
    Layout layout = new Layout();
    Place place = new Place(layout, given.integer(0));
    Line k = Line.sma(layout, given.integer(1));
    Line d = Line.sma(layout, given.integer(2));
    return Formula.of(
        layout,
        place.highest.warm + k.warm + d.warm,
        (m, bar, out, at) -> {
          out[at] = k.next(m, place.next(m, bar.high(), bar.low(), bar.close()));
          out[at + 1] = d.next(m, out[at]);
        });
  }

  static Formula willr(Arguments given) {
    Layout layout = new Layout();
    Place place = new Place(layout, given.integer(0));
    return Formula.single(
        layout,
        place.highest.warm,
        (m, bar) -> place.next(m, bar.high(), bar.low(), bar.close()) - 100);
  }

  static Formula cci(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Window window = new Window(layout, given.integer(0));
    return Formula.single(
        layout,
        window.length(),
        (m, bar) -> {
          double x = price.of(bar);
          window.push(m, x);
          if (!window.isFull(m)) {
            return Double.NaN;
          }
          double mean = window.mean(m);
          return share(x - mean, 0.015 * window.deviation(m, mean), 0);
        });
  }

  static Formula macd(Arguments given) {
    return difference(given, false);
  }

  static Formula ppo(Arguments given) {
    return difference(given, true);
  }

  /**
   * As in TA-Lib, MACD seeds both EMAs at the same candle, while PPO seeds each as soon as it can.
   */
  private static Formula difference(Arguments given, boolean inPercent) {
    int fastest = given.integer(0);
    int slowest = given.integer(1);
    if (fastest >= slowest) {
      throw new IndicatorException(
          (inPercent ? "ppo" : "macd") + ": fast must be less than slow, which is " + slowest);
    }
    Layout layout = new Layout();
    Price price = given.price();
    Line fast = Line.emaAfter(layout, fastest, inPercent ? 0 : slowest - fastest);
    Line slow = Line.ema(layout, slowest);
    Line signal = Line.ema(layout, given.integer(2));
    return Formula.of(
        layout,
        slow.warm + signal.warm,
        (m, bar, out, at) -> {
          double x = price.of(bar);
          double quick = fast.next(m, x);
          double lazy = slow.next(m, x);
          out[at] = inPercent ? share(100 * (quick - lazy), lazy, Double.NaN) : quick - lazy;
          out[at + 1] = signal.next(m, out[at]);
          out[at + 2] = out[at] - out[at + 1];
        });
  }
}
