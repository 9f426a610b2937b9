package dev.candlewick.server.binance;

import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.web.Range;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query for klines.
 *
 * @param range when they open; null if none can
 * @param limit 1 to 1000, default 500
 */
record KlineQuery(String symbol, Interval interval, @Nullable Range range, int limit) {
  static final Set<String> PARAMETERS =
      Set.of("symbol", "interval", "startTime", "endTime", "timeZone", "limit");

  static KlineQuery parse(BinanceParams params) {
    return new KlineQuery(
        params.symbol(),
        Interval.of(params.required("interval"), params.zone()),
        params.range(),
        params.limit());
  }

  /** The first klines after {@code startTime}; without it, the last ones. */
  Wanted wanted(Range within) {
    return new Wanted(
        interval.timeframe(), interval.offset(), within, limit, within.from() == null);
  }
}
