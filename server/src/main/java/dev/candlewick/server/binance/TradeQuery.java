package dev.candlewick.server.binance;

import dev.candlewick.server.web.Range;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question for trades or aggregate trades.
 *
 * @param range when they happened; null if nothing can have
 * @param limit 1 to 1000, default 500
 */
record TradeQuery(String symbol, @Nullable Range range, int limit) {
  static final Set<String> LATEST = Set.of("symbol", "limit");
  static final Set<String> AGGREGATE = Set.of("symbol", "startTime", "endTime", "limit");

  static TradeQuery parse(BinanceParams params) {
    return new TradeQuery(params.symbol(), params.range(), params.limit());
  }
}
