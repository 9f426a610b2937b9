package dev.candlewick.indicator;

/**
 * The last values of a series. Results depend on these alone, not on earlier ones: sums are
 * recomputed from the oldest value on, because a running sum would accumulate the rounding errors
 * of its whole past.
 */
final class Window {
  private final int length;
  private final int at;
  private final int values;

  Window(Layout layout, int length) {
    this.length = length;
    this.at = layout.take(1 + length);
    this.values = at + 1;
    layout.cost(length);
  }

  int length() {
    return length;
  }

  void push(double[] m, double x) {
    int count = (int) m[at];
    m[values + count % length] = x;
    m[at] = count + 1 == 2 * length ? length : count + 1;
  }

  boolean isFull(double[] m) {
    return m[at] >= length;
  }

  private int oldest(double[] m) {
    return (int) m[at] % length;
  }

  /** The value from so many steps ago; 0 is the newest. */
  double back(double[] m, int steps) {
    return m[values + Math.floorMod((int) m[at] - 1 - steps, length)];
  }

  double sum(double[] m) {
    int first = oldest(m);
    double sum = 0;
    for (int i = first; i < length; i++) {
      sum += m[values + i];
    }
    for (int i = 0; i < first; i++) {
      sum += m[values + i];
    }
    return sum;
  }

  /** Of equal values exactly this value, which the rounded sum would miss. */
  double mean(double[] m) {
    return isFlat(m) ? back(m, 0) : sum(m) / length;
  }

  private boolean isFlat(double[] m) {
    double newest = back(m, 0);
    for (int i = 0; i < length; i++) {
      if (m[values + i] != newest) {
        return false;
      }
    }
    return true;
  }

  /** The sum of squared deviations from the mean. */
  double squares(double[] m, double mean) {
    int next = oldest(m);
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double off = m[values + next] - mean;
      sum += off * off;
      next = next + 1 == length ? 0 : next + 1;
    }
    return sum;
  }

  /** The mean absolute deviation from the mean. */
  double deviation(double[] m, double mean) {
    int next = oldest(m);
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Math.abs(m[values + next] - mean);
      next = next + 1 == length ? 0 : next + 1;
    }
    return sum / length;
  }

  /** The weighted mean, from weight 1 for the oldest value to the length for the newest. */
  double weighted(double[] m) {
    int next = oldest(m);
    double sum = 0;
    for (int i = 1; i <= length; i++) {
      sum += i * m[values + next];
      next = next + 1 == length ? 0 : next + 1;
    }
    return sum / (length * (length + 1.0) / 2);
  }

  double max(double[] m) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      max = Math.max(max, m[values + i]);
    }
    return max;
  }

  double min(double[] m) {
    double min = Double.POSITIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      min = Math.min(min, m[values + i]);
    }
    return min;
  }

  /** How many steps ago the largest value was; the newest of equal ones. */
  int sinceMax(double[] m) {
    return since(m, max(m));
  }

  /** How many steps ago the smallest value was; the newest of equal ones. */
  int sinceMin(double[] m) {
    return since(m, min(m));
  }

  private int since(double[] m, double value) {
    int steps = 0;
    while (back(m, steps) != value) {
      steps++;
    }
    return steps;
  }
}
