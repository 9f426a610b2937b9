package dev.candlewick.server.binance;

import dev.candlewick.server.web.Range;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query for trades or aggregate trades.
 *
 * @param range when they happened; null if none can have
 * @param fromId the integer id to start at, null to start by time
 * @param limit 1 to 1000, default 500
 */
record TradeQuery(String symbol, @Nullable Range range, @Nullable Long fromId, int limit) {
  static final Set<String> LATEST = Set.of("symbol", "limit");
  static final Set<String> HISTORICAL = Set.of("symbol", "limit", "fromId");
  static final Set<String> AGGREGATE = Set.of("symbol", "fromId", "startTime", "endTime", "limit");

  static TradeQuery parse(BinanceParams params) {
    Long fromId = params.whole("fromId");
    if (fromId != null && (params.text("startTime") != null || params.text("endTime") != null)) {
      throw BinanceException.badCombination();
    }
    return new TradeQuery(params.symbol(), params.range(), fromId, params.limit());
  }
}
