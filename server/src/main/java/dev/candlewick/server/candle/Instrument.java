package dev.candlewick.server.candle;

import org.jspecify.annotations.Nullable;

/**
 * An instrument as far as its candles depend on it.
 *
 * @param session what {@link Session} reads
 */
record Instrument(int id, @Nullable String session) {}
