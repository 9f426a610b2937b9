package dev.candlewick.indicator;

import static dev.candlewick.indicator.Averages.share;

/** The direction and strength of a trend. */
final class Trends {
  /** Two computations of a path that turns now and then have converged after so many candles. */
  private static final int MEETS = 2_000;

  private Trends() {}

  /**
   * Wilder's directional movement, summed as TA-Lib does: n - 1 initial values, then each new one
   * minus an n-th of the sum.
   */
  private static final class Directions {
    private final int n;
    private final int at;
    private final int sums;
    private final Bands.TrueRange range;
    final int warm;

    Directions(Layout layout, int n) {
      this.n = n;
      this.at = layout.take(3);
      this.sums = layout.take(3);
      this.range = new Bands.TrueRange(layout);
      this.warm = Line.rma(new Layout(), n).warm + 1;
    }

    /** Whether there are values yet. */
    boolean next(double[] m, Bar bar) {
      double up = bar.high() - m[at + 1];
      double down = m[at + 2] - bar.low();
      double moved = range.next(m, bar);
      m[at + 1] = bar.high();
      m[at + 2] = bar.low();
      if (Double.isNaN(moved)) {
        return false;
      }
      double kept = m[at] < n - 1 ? 1 : 1 - 1.0 / n;
      m[sums] = m[sums] * kept + (up > 0 && up > down ? up : 0);
      m[sums + 1] = m[sums + 1] * kept + (down > 0 && down > up ? down : 0);
      m[sums + 2] = m[sums + 2] * kept + moved;
      m[at] = Math.min(n, m[at] + 1);
      return m[at] >= n;
    }

    double plus(double[] m) {
      return share(100 * m[sums], m[sums + 2], 0);
    }

    double minus(double[] m) {
      return share(100 * m[sums + 1], m[sums + 2], 0);
    }
  }

  static Formula plusDi(Arguments given) {
    Layout layout = new Layout();
    Directions directions = new Directions(layout, given.integer(0));
    return Formula.single(
        layout,
        directions.warm,
        (m, bar) -> directions.next(m, bar) ? directions.plus(m) : Double.NaN);
  }

  static Formula minusDi(Arguments given) {
    Layout layout = new Layout();
    Directions directions = new Directions(layout, given.integer(0));
    return Formula.single(
        layout,
        directions.warm,
        (m, bar) -> directions.next(m, bar) ? directions.minus(m) : Double.NaN);
  }

  static Formula adx(Arguments given) {
    Layout layout = new Layout();
    Directions directions = new Directions(layout, given.integer(0));
    Line mean = Line.rma(layout, given.integer(0));
    return Formula.of(
        layout,
        directions.warm + mean.warm,
        (m, bar, out, at) -> {
          boolean there = directions.next(m, bar);
          double plus = there ? directions.plus(m) : Double.NaN;
          double minus = there ? directions.minus(m) : Double.NaN;
          out[at] = mean.next(m, share(100 * Math.abs(plus - minus), plus + minus, 0));
          out[at + 1] = plus;
          out[at + 2] = minus;
        });
  }

  static Formula aroon(Arguments given) {
    Layout layout = new Layout();
    int n = given.integer(0);
    Window highs = new Window(layout, n + 1);
    Window lows = new Window(layout, n + 1);
    return Formula.of(
        layout,
        n + 1,
        (m, bar, out, at) -> {
          highs.push(m, bar.high());
          lows.push(m, bar.low());
          boolean full = highs.isFull(m);
          out[at + 1] = full ? 100.0 * (n - highs.sinceMax(m)) / n : Double.NaN;
          out[at + 2] = full ? 100.0 * (n - lows.sinceMin(m)) / n : Double.NaN;
          out[at] = out[at + 1] - out[at + 2];
        });
  }

  static Formula psar(Arguments given) {
    Layout layout = new Layout();
    Parabolic parabolic = new Parabolic(layout, given.number(0), given.number(1));
    return Formula.single(layout, MEETS, parabolic::next);
  }

  /** The bands follow the price on one side and never step back; a close beyond one flips it. */
  static Formula supertrend(Arguments given) {
    Layout layout = new Layout();
    Bands.TrueRange range = new Bands.TrueRange(layout);
    Line mean = Line.rma(layout, given.integer(0));
    double times = given.number(1);
    int upper = layout.take(2);
    int lower = upper + 1;
    int direction = layout.take(1);
    int before = layout.take(1);
    return Formula.of(
        layout,
        mean.warm + MEETS,
        (m, bar, out, at) -> {
          double width = times * mean.next(m, range.next(m, bar));
          double close = m[before];
          m[before] = bar.close();
          if (Double.isNaN(width)) {
            out[at] = width;
            out[at + 1] = width;
            return;
          }
          double high = Price.HL2.of(bar) + width;
          double low = Price.HL2.of(bar) - width;
          boolean first = m[direction] == 0;
          m[upper] = first || high < m[upper] || close > m[upper] ? high : m[upper];
          m[lower] = first || low > m[lower] || close < m[lower] ? low : m[lower];
          if (m[direction] <= 0) {
            m[direction] = !first && bar.close() > m[upper] ? 1 : -1;
          } else {
            m[direction] = bar.close() < m[lower] ? -1 : 1;
          }
          out[at] = m[direction] > 0 ? m[lower] : m[upper];
          out[at + 1] = m[direction];
        });
  }

  /** The midpoint of the highest and the lowest price of the last n. */
  private static final class Middle {
    private final Line highest;
    private final Line lowest;

    Middle(Layout layout, int n) {
      highest = Line.highest(layout, n);
      lowest = Line.lowest(layout, n);
    }

    double next(double[] m, Bar bar) {
      return (highest.next(m, bar.high()) + lowest.next(m, bar.low())) / 2;
    }
  }

  /** The leading spans are those of as many candles ago as the middle argument says. */
  static Formula ichimoku(Arguments given) {
    Layout layout = new Layout();
    Middle conversion = new Middle(layout, given.integer(0));
    Middle base = new Middle(layout, given.integer(1));
    Middle slow = new Middle(layout, given.integer(2));
    Line spanA = Line.lag(layout, given.integer(1));
    Line spanB = Line.lag(layout, given.integer(1));
    int longest = Math.max(given.integer(0), Math.max(given.integer(1), given.integer(2)));
    return Formula.of(
        layout,
        longest + spanA.warm,
        (m, bar, out, at) -> {
          out[at] = conversion.next(m, bar);
          out[at + 1] = base.next(m, bar);
          out[at + 2] = spanA.next(m, (out[at] + out[at + 1]) / 2);
          out[at + 3] = spanB.next(m, slow.next(m, bar));
        });
  }
}
