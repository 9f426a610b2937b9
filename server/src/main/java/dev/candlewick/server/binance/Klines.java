package dev.candlewick.server.binance;

import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Finds klines: candles, plus the taker buy quote volume. */
public final class Klines {
  private static final Page NONE = new Page(List.of(), Map.of());

  private final Candles candles;
  private final TakerQuoteRepository takerQuotes;

  public Klines(Candles candles, TakerQuoteRepository takerQuotes) {
    this.candles = candles;
    this.takerQuotes = takerQuotes;
  }

  /** Klines, ascending; {@code takerQuotes} by when a kline opens, seconds since the epoch. */
  record Page(List<Candle> candles, Map<Long, Double> takerQuotes) {}

  Future<Page> find(int instrument, KlineQuery query) {
    Range range = query.range();
    if (range == null) {
      return Future.succeededFuture(NONE);
    }
    return candles
        .find(instrument, query.wanted(range))
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(NONE)
                    : takerQuotes
                        .of(
                            instrument,
                            found,
                            query.interval().end(found.get(found.size() - 1).ts()))
                        .map(sums -> new Page(found, sums)));
  }
}
