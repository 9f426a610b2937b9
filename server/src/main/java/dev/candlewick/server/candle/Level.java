package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What a read takes its parts from: stored candles, or the trades themselves.
 *
 * @param seconds the length of a part
 * @param buckets where the parts start
 */
record Level(long seconds, String relation, Buckets buckets) {
  private static final long MINUTE = 60;
  private static final long DAY = 86_400;
  private static final String TRADES = "market.trades";

  static final Level M1 = stored(MINUTE, "market.candles_1m");

  /** The stored candles, each rolled up from the one before it. */
  static final List<Level> STORED =
      List.of(
          M1,
          stored(300, "market.candles_5m"),
          stored(900, "market.candles_15m"),
          stored(3_600, "market.candles_1h"),
          stored(14_400, "market.candles_4h"),
          stored(86_400, "market.candles_1d"));

  private static Level stored(long seconds, String relation) {
    return new Level(seconds, relation, Buckets.utc(Timeframe.ofSeconds(seconds)));
  }

  /**
   * The longest stored level that divides the buckets, or minutes if none does; for a timeframe
   * that is not a multiple of a minute, the trades, in steps that divide the buckets.
   */
  static Level of(Timeframe timeframe, Buckets buckets) {
    long grid = buckets.grid();
    if (timeframe.months() == 0 && timeframe.seconds() % MINUTE != 0) {
      return stored(grid, TRADES);
    }
    Level longest = M1;
    for (Level level : STORED) {
      if (grid % level.seconds == 0) {
        longest = level;
      }
    }
    return longest;
  }

  /**
   * The timeframes of the venue's own candles from which its finest parts can be built: shorter
   * than a minute, finest first.
   */
  List<String> finer() {
    long length = isTrades() ? seconds : MINUTE;
    return LongStream.rangeClosed(1, length)
        .filter(n -> length % n == 0 && DAY % n == 0 && n % MINUTE != 0)
        .mapToObj(n -> Timeframe.ofSeconds(n).text())
        .toList();
  }

  /** The longer stored levels, shortest first. */
  List<Level> coarser() {
    return STORED.stream().filter(level -> !isTrades() && level.seconds > seconds).toList();
  }

  boolean isTrades() {
    return relation.equals(TRADES);
  }
}
