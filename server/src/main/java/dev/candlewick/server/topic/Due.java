package dev.candlewick.server.topic;

import org.jspecify.annotations.Nullable;

/**
 * A closed candle that was touched.
 *
 * @param timeframe in seconds
 * @param ts when it starts, seconds since the epoch
 * @param digest of what was last published for it; null if nothing was
 */
record Due(Series series, long ts, @Nullable Long digest) {
  /** The candles of one timeframe of one instrument, which share a key in the topic. */
  record Series(int instrument, String venue, String symbol, int timeframe) {}
}
