package dev.candlewick.server.candle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Candles in the requested order.
 *
 * @param next where the next page starts; null if there is none
 */
public record CandlePage(List<Candle> candles, @Nullable Position next) {
  /** The cursor for the next page; null if there is none. */
  public @Nullable String nextCursor(CandleQuery query) {
    return next == null
        ? null
        : next.cursor(Position.kind(query.timeframe(), query.slice().backwards()));
  }
}
