/**
 * The spot interface of Binance over one venue of the store, so that its clients read from here
 * with another base URL: {@code GET /api/v3/*} and the streams of {@code /ws} and {@code /stream}.
 * It says what Binance says: times in milliseconds, decimals as strings, errors as {@code
 * {"code","msg"}}.
 *
 * <p>Read {@link BinanceHandler}; {@link KlineQuery}, {@link TradeQuery} (with {@link
 * BinanceParams}) parse; {@link KlineJson}, {@link TradeJson}, {@link ExchangeInfo} (with {@link
 * Assets}) and {@link Prices} write; what is refused is a {@link BinanceException}. For streams,
 * read {@link BinanceStreams} (the door), {@link BinanceSession} (one client), {@link
 * StreamRequest} and {@link StreamName} (what it asks), {@link KlineQueue} and {@link TradeQueue}
 * (what it is sent).
 *
 * <p>What the store does not hold is told as follows. The quote volume of taking buyers is "0"
 * where neither the candle nor the trades that are still held tell it, the quote volume of the
 * venue's own candles without one is zero. A trade whose taker is not known has {@code
 * isBuyerMaker} false. A trade whose id is no integer has a number that is always the same. Each
 * trade is an aggregate of its own. A kline without trades does not exist.
 */
@NullMarked
package dev.candlewick.server.binance;

import org.jspecify.annotations.NullMarked;
