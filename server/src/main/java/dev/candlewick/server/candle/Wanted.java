package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.web.Range;
import java.time.ZoneOffset;

/**
 * Which candles of an instrument are wanted.
 *
 * @param offset of the clock at whose midnight they start
 * @param range when they start
 * @param limit the most, from 1
 * @param last whether the last ones of the range are wanted rather than the first
 */
public record Wanted(Timeframe timeframe, ZoneOffset offset, Range range, int limit, boolean last) {
  /** The first candles of a range, in UTC; the last ones if it has no start. */
  public static Wanted of(Timeframe timeframe, Range range, int limit) {
    return new Wanted(timeframe, ZoneOffset.UTC, range, limit, range.from() == null);
  }

  /** The last candles of a range, in UTC. */
  public static Wanted last(Timeframe timeframe, Range range, int limit) {
    return new Wanted(timeframe, ZoneOffset.UTC, range, limit, true);
  }
}
