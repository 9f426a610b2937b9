package dev.candlewick.indicator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random candles, and their prices as arrays. */
final class RandomBars {
  private RandomBars() {}

  record TestBar(long ts, double open, double high, double low, double close, double volume)
      implements Bar {}

  /** A random walk of candles of a minute; of some minutes there is none. */
  static List<Bar> walk(long seed, int count) {
    Random random = new Random(seed);
    List<Bar> bars = new ArrayList<>();
    long ts = 1_700_000_040L - 1_700_000_040L % 60;
    double price = 100;
    while (bars.size() < count) {
      ts += 60L * (1 + (random.nextInt(10) == 0 ? random.nextInt(200) : 0));
      double open = price;
      price *= Math.exp(random.nextGaussian() / 200);
      double high = Math.max(open, price) * (1 + random.nextDouble() / 300);
      double low = Math.min(open, price) * (1 - random.nextDouble() / 300);
      bars.add(new TestBar(ts, open, high, low, price, 1 + random.nextInt(5_000)));
    }
    return bars;
  }

  static double[] column(List<Bar> bars, Price price) {
    return bars.stream().mapToDouble(price::of).toArray();
  }

  /** All values of some indicators over one long computation: by column, then by candle. */
  static double[][] compute(List<Bar> bars, String indicators) {
    Indicators all = Indicators.parse(indicators);
    Run run = all.run(Blocks.utc(1L << 40));
    double[][] values = new double[all.columns().size()][bars.size()];
    for (int i = 0; i < bars.size(); i++) {
      double[] row = run.next(bars, i);
      for (int column = 0; column < row.length; column++) {
        values[column][i] = row[column];
      }
    }
    return values;
  }
}
