package dev.candlewick.server.indicator;

import dev.candlewick.server.candle.Candle;
import java.util.Arrays;

/** The values of one candle, NaN if there is none, in column order. */
public record IndicatorRow(long ts, double close, boolean closed, double[] values) {
  /** The values of a candle. */
  public static IndicatorRow of(Candle candle, double[] values) {
    return new IndicatorRow(candle.ts(), candle.close(), candle.closed(), values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IndicatorRow row
        && ts == row.ts
        && Double.compare(close, row.close) == 0
        && closed == row.closed
        && Arrays.equals(values, row.values);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(ts) + 31 * Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return ts + ": " + close + ", " + closed + ", " + Arrays.toString(values);
  }
}
