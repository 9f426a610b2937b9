package dev.candlewick.indicator;

/**
 * A series computed from another, value by value. The state is in the array {@code m}. NaN, meaning
 * there is no value yet, gives NaN and changes nothing.
 */
public abstract class Line {
  /** Values further back weigh less than this and are negligible. */
  static final double LEAST_WEIGHT = 1e-15;

  /** How many values must precede one for earlier ones to be negligible. */
  final int warm;

  private Line(int warm) {
    this.warm = warm;
  }

  final double next(double[] m, double x) {
    return Double.isNaN(x) ? Double.NaN : step(m, x);
  }

  abstract double step(double[] m, double x);

  /** Computed from the values in a window, once it is full. */
  private interface Fold {
    double of(Window window, double[] m);
  }

  private static final class Folded extends Line {
    private final Window window;
    private final Fold fold;

    Folded(Layout layout, int n, Fold fold) {
      super(n);
      this.window = new Window(layout, n);
      this.fold = fold;
    }

    @Override
    double step(double[] m, double x) {
      window.push(m, x);
      return window.isFull(m) ? fold.of(window, m) : Double.NaN;
    }
  }

  /** The mean of the last n values. */
  static Line sma(Layout layout, int n) {
    return new Folded(layout, n, Window::mean);
  }

  static Line sum(Layout layout, int n) {
    return new Folded(layout, n, Window::sum);
  }

  /** The linearly weighted mean of the last n values. */
  static Line wma(Layout layout, int n) {
    return new Folded(layout, n, Window::weighted);
  }

  static Line highest(Layout layout, int n) {
    return new Folded(layout, n, Window::max);
  }

  static Line lowest(Layout layout, int n) {
    return new Folded(layout, n, Window::min);
  }

  /** The population variance. */
  static Line variance(Layout layout, int n) {
    return new Folded(layout, n, (window, m) -> window.squares(m, window.mean(m)) / n);
  }

  /** The value n steps ago. */
  static Line lag(Layout layout, int n) {
    return new Folded(layout, n + 1, (window, m) -> window.back(m, n));
  }

  /** Seeded with the mean of the first n values, then smoothed by 2 / (n + 1). */
  static Line ema(Layout layout, int n) {
    return emaAfter(layout, n, 0);
  }

  /** The same, but skipping the first values. */
  static Line emaAfter(Layout layout, int n, int passedOver) {
    return new Smoothed(layout, n, passedOver, 2.0 / (n + 1));
  }

  /** Wilder's: seeded with the mean of the first n values, then smoothed by 1 / n. */
  static Line rma(Layout layout, int n) {
    return new Smoothed(layout, n, 0, 1.0 / n);
  }

  private static final class Smoothed extends Line {
    private final int n;
    private final int passedOver;
    private final double weight;
    private final int at;

    Smoothed(Layout layout, int n, int passedOver, double weight) {
      super(passedOver + n + forgets(weight));
      this.n = n;
      this.passedOver = passedOver;
      this.weight = weight;
      this.at = layout.take(2);
    }

    private static int forgets(double weight) {
      return weight >= 1 ? 0 : (int) Math.ceil(Math.log(LEAST_WEIGHT) / Math.log1p(-weight));
    }

    @Override
    double step(double[] m, double x) {
      int count = (int) m[at];
      if (count >= passedOver + n) {
        m[at + 1] += weight * (x - m[at + 1]);
        return m[at + 1];
      }
      m[at] = count + 1;
      if (count >= passedOver) {
        m[at + 1] += x;
      }
      if (count + 1 < passedOver + n) {
        return Double.NaN;
      }
      m[at + 1] /= n;
      return m[at + 1];
    }
  }

  /** The change from the previous value. */
  static Line change(Layout layout) {
    return new Change(layout);
  }

  private static final class Change extends Line {
    private final int at;

    Change(Layout layout) {
      super(1);
      this.at = layout.take(2);
    }

    @Override
    double step(double[] m, double x) {
      double change = m[at] == 0 ? Double.NaN : x - m[at + 1];
      m[at] = 1;
      m[at + 1] = x;
      return change;
    }
  }
}
