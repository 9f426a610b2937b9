package dev.candlewick.indicator;

import java.util.Arrays;
import java.util.List;

/**
 * Indicators over one series of candles, ascending, candle by candle. The series may grow and its
 * last candle may change; after any other change call {@link #restart}.
 */
public final class Run {
  private final List<Indicator> all;
  private final Blocks blocks;
  private final double[][] states;

  /** Per indicator, the index of the next candle; -1 if it must start over. */
  private final int[] next;

  private final long[] block;
  private final int width;

  Run(List<Indicator> all, Blocks blocks) {
    this.all = all;
    this.blocks = blocks;
    this.states = new double[all.size()][];
    this.next = new int[all.size()];
    this.block = new long[all.size()];
    this.width = all.stream().mapToInt(one -> one.columns().size()).sum();
    restart();
  }

  /** Forgets everything computed. */
  public void restart() {
    Arrays.fill(next, -1);
  }

  /**
   * The values at a candle, NaN if there is none yet. A single step if the previous candle was the
   * last one computed.
   */
  public double[] next(List<? extends Bar> bars, int index) {
    return values(bars, index, true);
  }

  /** The same for a candle that may still change. */
  public double[] peek(List<? extends Bar> bars, int index) {
    return values(bars, index, false);
  }

  private double[] values(List<? extends Bar> bars, int index, boolean keep) {
    double[] values = new double[width];
    Bar bar = bars.get(index);
    int at = 0;
    for (int i = 0; i < all.size(); i++) {
      Indicator one = all.get(i);
      Formula formula = one.formula();
      long start = blocks.start(formula, bar.ts());
      if (next[i] != index || block[i] != start) {
        begin(i, bars, index, values, at);
        block[i] = start;
      }
      double[] state = keep ? states[i] : states[i].clone();
      formula.step().next(state, bar, values, at);
      next[i] = keep ? index + 1 : index;
      finite(values, at, at + one.columns().size());
      at += one.columns().size();
    }
    return values;
  }

  private void begin(int i, List<? extends Bar> bars, int index, double[] values, int at) {
    Formula formula = all.get(i).formula();
    states[i] = new double[formula.size()];
    for (int j = blocks.first(formula, bars, index); j < index; j++) {
      formula.step().next(states[i], bars.get(j), values, at);
    }
  }

  private static void finite(double[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Double.isFinite(values[i])) {
        values[i] = Double.NaN;
      }
    }
  }
}
