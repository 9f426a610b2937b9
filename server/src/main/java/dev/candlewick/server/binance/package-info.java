/**
 * Binance's spot API over one venue of the store, so that its clients can read from here with
 * another base URL: {@code GET /api/v3/*} and the streams of {@code /ws} and {@code /stream}. It
 * answers as Binance does: times in milliseconds, decimals as strings, errors as {@code
 * {"code","msg"}}.
 *
 * <p>Read {@link BinanceHandler}; {@link KlineQuery}, {@link TradeQuery} (with {@link
 * BinanceParams}) parse; {@link KlineJson}, {@link TradeJson}, {@link ExchangeInfo} (with {@link
 * Assets}) and {@link Prices} write; a rejected request is a {@link BinanceException}. For streams,
 * read {@link BinanceStreams} (the entry point), {@link BinanceSession} (one client), {@link
 * StreamRequest} and {@link StreamName} (its requests), {@link KlineQueue} and {@link TradeQueue}
 * (what it is sent).
 *
 * <p>What the store does not have is answered as follows. The taker buy quote volume is "0" if
 * neither the candle nor trades that are still kept determine it, and the quote volume of the
 * venue's own candles without one is zero. A trade with unknown taker has {@code isBuyerMaker}
 * false. A trade whose id is not an integer has a stable number. Each trade is its own aggregate. A
 * kline without trades does not exist.
 */
@NullMarked
package dev.candlewick.server.binance;

import org.jspecify.annotations.NullMarked;
