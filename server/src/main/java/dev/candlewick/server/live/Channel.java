package dev.candlewick.server.live;

import java.util.Locale;

/** What can be subscribed to. */
enum Channel {
  CANDLES,
  TRADES,
  QUOTES,
  INDICATORS,
  RECORDS;

  /** Whether its rows have a timeframe. */
  boolean hasTimeframe() {
    return this == CANDLES || this == INDICATORS;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
