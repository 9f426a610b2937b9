package dev.candlewick.server.latest;

import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.Trade;
import org.jspecify.annotations.Nullable;

/** The newest rows of an instrument; null where there is none. */
public record Latest(
    String venue,
    String symbol,
    @Nullable Trade trade,
    @Nullable Quote quote,
    @Nullable Minute minute) {

  /** An instrument by its names and its id in the database. */
  record Instrument(int id, String venue, String symbol) {}

  /**
   * The 1m candle of the minute that is under way.
   *
   * @param ts its start, microseconds since the epoch
   * @param source 1 built from trades, 2 the venue's closed candle, 4 the venue's forming candle, 8
   *     made of the venue's candles of less than a minute
   */
  public record Minute(
      long ts,
      double open,
      double high,
      double low,
      double close,
      double volume,
      @Nullable Double quoteVolume,
      @Nullable Long trades,
      @Nullable Double takerBuyVolume,
      int source) {}
}
