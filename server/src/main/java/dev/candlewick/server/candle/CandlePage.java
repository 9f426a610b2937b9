package dev.candlewick.server.candle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Candles in the order that was asked for.
 *
 * @param next where the next page begins; null if there is none
 */
record CandlePage(List<Candle> candles, @Nullable Position next) {}
