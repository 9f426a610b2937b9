package dev.candlewick.server.candle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Candles in the order that was asked for.
 *
 * @param next where the next page begins; null if there is none
 */
public record CandlePage(List<Candle> candles, @Nullable Position next) {
  /** The cursor that leads to the next page; null if there is none. */
  public @Nullable String nextCursor(CandleQuery query) {
    return next == null
        ? null
        : next.cursor(Position.kind(query.timeframe(), query.slice().backwards()));
  }
}
