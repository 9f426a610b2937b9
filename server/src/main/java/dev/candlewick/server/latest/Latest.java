package dev.candlewick.server.latest;

import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.Trade;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows of an instrument; null if there is none.
 *
 * @param candle of the current minute
 */
public record Latest(
    String venue,
    String symbol,
    @Nullable Trade trade,
    @Nullable Quote quote,
    @Nullable Candle candle) {

  /** An instrument by its names and its id in the database. */
  record Instrument(int id, String venue, String symbol) {}
}
