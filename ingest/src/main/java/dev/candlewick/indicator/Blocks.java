package dev.candlewick.indicator;

import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Where the computation of a candle's value begins, made a matter of the candle alone. Time is cut
 * into blocks; all candles of a block are computed from one beginning, which is that of the block
 * in which the candle lies that is {@link Formula#warm} candles older than the block. So whoever
 * computes a candle's value, for whatever page, does the very same steps.
 *
 * @param seconds how far from one candle to the next, at least
 * @param day when the day begins that holds a time, seconds since the epoch
 */
public record Blocks(long seconds, LongUnaryOperator day) {
  private static final int SHORTEST = 256;

  /** A day at which the clocks are set back. */
  private static final long LONGEST_DAY = 25 * 3_600;

  /** Days of UTC. */
  public static Blocks utc(long seconds) {
    return new Blocks(seconds, time -> time - Math.floorMod(time, 86_400L));
  }

  /** For a series that is always computed as a whole. */
  public static Blocks whole() {
    return new Blocks(1L << 40, time -> time);
  }

  /** How many candles of a block there are at most. */
  int length(Formula formula) {
    int quarter = Math.max(1, formula.warm() / 4);
    return Math.max(SHORTEST, 2 * Integer.highestOneBit(quarter));
  }

  /** When the block begins that holds a time. */
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

  /** How many candles before one are needed at most. */
  int before(Formula formula) {
    return switch (formula.start()) {
      case HELD -> Indicators.MOST_BEFORE + 1;
      case DAY -> (int) (LONGEST_DAY / Math.min(LONGEST_DAY, seconds));
      // One more a block: a day may have 23 hours.
      case WARM -> formula.warm() + 2 * (length(formula) + 1);
    };
  }

  /** The index of the candle with which the computation of this one's value begins. */
  int first(Formula formula, List<? extends Bar> bars, int index) {
    int block = firstFrom(bars, start(formula, bars.get(index).ts()));
    int oldest = block - formula.warm();
    return oldest <= 0 ? 0 : firstFrom(bars, start(formula, bars.get(oldest).ts()));
  }

  /** The index of the first candle that does not begin before a time. */
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
