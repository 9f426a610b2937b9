package dev.candlewick.indicator;

import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Decides where the computation of a candle's value starts, so that the value depends on the candle
 * alone. Time is divided into blocks; all candles of a block are computed from the same start,
 * which is the start of the block that contains the candle {@link Formula#warm} candles before the
 * block. So the same steps are taken for a candle whatever page it is on.
 *
 * @param seconds the minimum distance between two candles
 * @param day when the day that contains a time starts, seconds since the epoch
 */
public record Blocks(long seconds, LongUnaryOperator day) {
  private static final int SHORTEST = 256;

  /** A day on which the clocks are set back. */
  private static final long LONGEST_DAY = 25 * 3_600;

  /** Days of UTC. */
  public static Blocks utc(long seconds) {
    return new Blocks(seconds, time -> time - Math.floorMod(time, 86_400L));
  }

  /** For a series that is always computed as a whole. */
  public static Blocks whole() {
    return new Blocks(1L << 40, time -> time);
  }

  /** The most candles in a block. */
  int length(Formula formula) {
    int quarter = Math.max(1, formula.warm() / 4);
    return Math.max(SHORTEST, 2 * Integer.highestOneBit(quarter));
  }

  /** When the block that contains a time starts. */
  long start(Formula formula, long time) {
    return switch (formula.start()) {
      case HELD -> Long.MIN_VALUE;
      case DAY -> day.applyAsLong(time);
      case WARM -> {
        long length = length(formula) * seconds;
        yield time - Math.floorMod(time, length);
      }
    };
  }

  /** The most candles needed before a candle. */
  int before(Formula formula) {
    return switch (formula.start()) {
      case HELD -> Indicators.MOST_BEFORE + 1;
      case DAY -> (int) (LONGEST_DAY / Math.min(LONGEST_DAY, seconds));
      // One more per block: a day may have 23 hours.
      case WARM -> formula.warm() + 2 * (length(formula) + 1);
    };
  }

  /** The index of the candle at which the computation of this one's value starts. */
  int first(Formula formula, List<? extends Bar> bars, int index) {
    int block = firstFrom(bars, start(formula, bars.get(index).ts()));
    int oldest = block - formula.warm();
    return oldest <= 0 ? 0 : firstFrom(bars, start(formula, bars.get(oldest).ts()));
  }

  /** The index of the first candle that does not start before a time. */
  private static int firstFrom(List<? extends Bar> bars, long time) {
    int low = 0;
    int high = bars.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bars.get(middle).ts() < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
