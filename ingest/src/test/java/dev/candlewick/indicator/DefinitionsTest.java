package dev.candlewick.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What TA-Lib has not, against a second, plain implementation by the definition. */
class DefinitionsTest {
  private static final int COUNT = 600;

  private final List<Bar> bars = RandomBars.walk(3, COUNT);
  private final double[] high = RandomBars.column(bars, Price.HIGH);
  private final double[] low = RandomBars.column(bars, Price.LOW);
  private final double[] close = RandomBars.column(bars, Price.CLOSE);
  private final double[] typical = RandomBars.column(bars, Price.HLC3);
  private final double[] volume = RandomBars.column(bars, Price.VOLUME);

  private void same(String indicator, int column, int first, IntToDoubleFunction expected) {
    double[] ours = RandomBars.compute(bars, indicator)[column];
    for (int i = 0; i < COUNT; i++) {
      if (i < first) {
        assertThat(ours[i]).as("%s at %d", indicator, i).isNaN();
      } else {
        double value = expected.applyAsDouble(i);
        double scale = Math.max(Math.abs(value), 1e-3);
        assertThat(ours[i]).as("%s at %d", indicator, i).isCloseTo(value, within(1e-9 * scale));
      }
    }
  }

  private static double[] last(double[] of, int i, int n) {
    return Arrays.copyOfRange(of, i - n + 1, i + 1);
  }

  private static double max(double[] of, int i, int n) {
    return Arrays.stream(last(of, i, n)).max().orElseThrow();
  }

  private static double min(double[] of, int i, int n) {
    return Arrays.stream(last(of, i, n)).min().orElseThrow();
  }

  private static double sum(double[] of) {
    return Arrays.stream(of).sum();
  }

  private static double[] product(double[] a, double[] b) {
    double[] product = new double[a.length];
    Arrays.setAll(product, i -> a[i] * b[i]);
    return product;
  }

  private static double wma(double[] of, int i, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += of[i - k] * (n - k);
    }
    return sum / (n * (n + 1) / 2.0);
  }

  /** Seeded with the mean of n values from {@code first} on. */
  private static double smoothed(double[] of, int i, int first, int n, double weight) {
    double value = sum(last(of, first + n - 1, n)) / n;
    for (int k = first + n; k <= i; k++) {
      value = value * (1 - weight) + of[k] * weight;
    }
    return value;
  }

  private double[] trueRanges() {
    double[] ranges = new double[COUNT];
    for (int i = 1; i < COUNT; i++) {
      double wide = Math.max(high[i] - low[i], Math.abs(high[i] - close[i - 1]));
      ranges[i] = Math.max(wide, Math.abs(low[i] - close[i - 1]));
    }
    return ranges;
  }

  @Test
  void averages() {
    same("rma(14)", 0, 13, i -> smoothed(close, i, 0, 14, 1 / 14.0));
    double[] raw = new double[COUNT];
    for (int i = 8; i < COUNT; i++) {
      raw[i] = 2 * wma(close, i, 4) - wma(close, i, 9);
    }
    same("hma(9)", 0, 10, i -> wma(raw, i, 3));
    double[] amount = product(close, volume);
    same("vwma(20)", 0, 19, i -> sum(last(amount, i, 20)) / sum(last(volume, i, 20)));
    double[] flow = product(typical, volume);
    same("vwap(30)", 0, 29, i -> sum(last(flow, i, 30)) / sum(last(volume, i, 30)));
  }

  @Test
  void volumeOfTheDay() {
    double[] flow = product(typical, volume);
    same(
        "vwap",
        0,
        0,
        i -> {
          double priced = 0;
          double all = 0;
          for (int k = i; k >= 0 && bars.get(k).ts() / 86_400 == bars.get(i).ts() / 86_400; k--) {
            priced += flow[k];
            all += volume[k];
          }
          return priced / all;
        });
  }

  @Test
  void moneyFlow() {
    double[] moved = new double[COUNT];
    for (int i = 0; i < COUNT; i++) {
      moved[i] = (2 * close[i] - low[i] - high[i]) / (high[i] - low[i]) * volume[i];
    }
    same("cmf(20)", 0, 19, i -> sum(last(moved, i, 20)) / sum(last(volume, i, 20)));
  }

  @Test
  void bands() {
    double[] ranges = trueRanges();
    same(
        "keltner(20,2,10)",
        1,
        19,
        i -> smoothed(close, i, 0, 20, 2 / 21.0) + 2 * smoothed(ranges, i, 1, 10, 0.1));
    same("donchian(20)", 0, 19, i -> (max(high, i, 20) + min(low, i, 20)) / 2);
    same("donchian(20)", 1, 19, i -> max(high, i, 20));
    same("donchian(20)", 2, 19, i -> min(low, i, 20));
  }

  @Test
  void signals() {
    double[] ppo = RandomBars.compute(bars, "ppo")[0];
    same("ppo", 1, 33, i -> smoothed(ppo, i, 25, 9, 0.2));
    same("ppo", 2, 33, i -> ppo[i] - smoothed(ppo, i, 25, 9, 0.2));
    double[] k = RandomBars.compute(bars, "stochrsi")[0];
    double[] rsi = RandomBars.compute(bars, "rsi")[0];
    double[] raw = new double[COUNT];
    for (int i = 27; i < COUNT; i++) {
      raw[i] = 100 * (rsi[i] - min(rsi, i, 14)) / (max(rsi, i, 14) - min(rsi, i, 14));
    }
    same("stochrsi", 0, 29, i -> sum(last(raw, i, 3)) / 3);
    same("stochrsi", 1, 31, i -> sum(last(k, i, 3)) / 3);
  }

  @Test
  void changes() {
    same("return(3)", 0, 3, i -> close[i] / close[i - 3] - 1);
    same("logreturn(3)", 0, 3, i -> Math.log(close[i]) - Math.log(close[i - 3]));
    same(
        "zscore(20)",
        0,
        19,
        i -> {
          double mean = sum(last(close, i, 20)) / 20;
          double squares =
              Arrays.stream(last(close, i, 20)).map(x -> (x - mean) * (x - mean)).sum();
          return (close[i] - mean) / Math.sqrt(squares / 20);
        });
    double[] moves = new double[COUNT];
    for (int i = 1; i < COUNT; i++) {
      moves[i] = Math.log(close[i] / close[i - 1]);
    }
    same(
        "volatility(20)",
        0,
        20,
        i -> {
          double mean = sum(last(moves, i, 20)) / 20;
          double squares =
              Arrays.stream(last(moves, i, 20)).map(x -> (x - mean) * (x - mean)).sum();
          return Math.sqrt(squares / 19);
        });
  }

  @Test
  void directions() {
    double[] ranges = trueRanges();
    double[] line = new double[COUNT];
    double[] side = new double[COUNT];
    double upper = 0;
    double lower = 0;
    for (int i = 10; i < COUNT; i++) {
      double atr = smoothed(ranges, i, 1, 10, 0.1);
      double middle = (high[i] + low[i]) / 2;
      double up = middle + 3 * atr;
      double down = middle - 3 * atr;
      boolean first = i == 10;
      double upperBefore = upper;
      double lowerBefore = lower;
      upper = first || up < upperBefore || close[i - 1] > upperBefore ? up : upperBefore;
      lower = first || down > lowerBefore || close[i - 1] < lowerBefore ? down : lowerBefore;
      if (first) {
        side[i] = -1;
      } else if (line[i - 1] == upperBefore) {
        side[i] = close[i] > upper ? 1 : -1;
      } else {
        side[i] = close[i] < lower ? -1 : 1;
      }
      line[i] = side[i] > 0 ? lower : upper;
    }
    same("supertrend(10,3)", 0, 10, i -> line[i]);
    same("supertrend(10,3)", 1, 10, i -> side[i]);
    double[] adx = RandomBars.compute(bars, "plus_di(14)")[0];
    same("adx(14)", 1, 14, i -> adx[i]);
  }

  @Test
  void clouds() {
    IntToDoubleFunction nine = i -> (max(high, i, 9) + min(low, i, 9)) / 2;
    IntToDoubleFunction base = i -> (max(high, i, 26) + min(low, i, 26)) / 2;
    same("ichimoku", 0, 8, nine);
    same("ichimoku", 1, 25, base);
    same("ichimoku", 2, 51, i -> (nine.applyAsDouble(i - 26) + base.applyAsDouble(i - 26)) / 2);
    same("ichimoku", 3, 77, i -> (max(high, i - 26, 52) + min(low, i - 26, 52)) / 2);
  }
}
