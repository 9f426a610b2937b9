package dev.candlewick.server.topic;

import org.jspecify.annotations.Nullable;

/**
 * A closed candle that was touched.
 *
 * @param timeframe in seconds
 * @param ts when it begins, seconds since the epoch
 * @param digest of what was told of it last; null if nothing was
 */
record Due(Series series, long ts, @Nullable Long digest) {
  /** The candles of one timeframe of one instrument, which have one key in the topic. */
  record Series(int instrument, String venue, String symbol, int timeframe) {}
}
