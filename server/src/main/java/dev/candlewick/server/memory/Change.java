package dev.candlewick.server.memory;

/**
 * What commits changed of an instrument.
 *
 * @param instrument its id; 0 for all of them
 * @param quotes whether quotes changed; else trades, candles or both
 * @param oldest the earliest time at which, in microseconds; {@link Long#MIN_VALUE} where that is
 *     not known
 */
public record Change(int instrument, boolean quotes, long oldest) {
  static final int ALL = 0;
}
