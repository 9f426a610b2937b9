package dev.candlewick.server.memory;

/**
 * What commits changed for an instrument.
 *
 * @param instrument its id; 0 for all of them
 * @param quotes whether quotes changed; otherwise trades, candles or both
 * @param oldest the earliest time affected, in microseconds; {@link Long#MIN_VALUE} if unknown
 */
public record Change(int instrument, boolean quotes, long oldest) {
  static final int ALL = 0;
}
