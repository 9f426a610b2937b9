package dev.candlewick.record;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * How long each relation is kept; {@link #FOR_EVER} is no limit. Candles are kept at least as long
 * as what they are rolled up from, so that no roll-up ever runs over a dropped range.
 *
 * @param candles for 1m, 5m, 15m, 1h, 4h, 1d, in this order
 */
public record Retention(Duration trades, Duration quotes, List<Duration> candles) {
  public static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** Keeps everything. */
  public static final Retention NONE;

  /** The stored timeframes, in seconds, shortest first. */
  public static final List<Integer> LEVELS = List.of(60, 300, 900, 3_600, 14_400, 86_400);

  static {
    NONE = new Retention(FOR_EVER, FOR_EVER, Collections.nCopies(LEVELS.size(), FOR_EVER));
  }

  /** Checks the number of candle levels and extends any that is shorter than its source's. */
  public Retention {
    if (candles.size() != LEVELS.size()) {
      throw new IllegalArgumentException("one retention for each of " + LEVELS);
    }
    Duration[] kept = candles.toArray(new Duration[0]);
    Duration source = trades;
    for (int i = 0; i < kept.length; i++) {
      kept[i] = kept[i].compareTo(source) < 0 ? source : kept[i];
      source = kept[i];
    }
    candles = List.of(kept);
  }

  /**
   * How long rows of a stored level are guaranteed to be there: five days longer than configured,
   * the longest a day takes to end and be rolled up for good.
   */
  public Duration held(int level) {
    Duration keep = candles(level);
    return keep.equals(FOR_EVER) ? keep : keep.plusDays(5);
  }

  /** For candles of a timeframe: that of the longest stored one that is not longer. */
  public Duration candles(long timeframeSeconds) {
    Duration keep = candles.get(0);
    for (int i = 0; i < LEVELS.size() && LEVELS.get(i) <= timeframeSeconds; i++) {
      keep = candles.get(i);
    }
    return keep;
  }
}
