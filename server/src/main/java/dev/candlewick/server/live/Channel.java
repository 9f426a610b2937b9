package dev.candlewick.server.live;

import java.util.Locale;

/** What can be subscribed to. */
enum Channel {
  CANDLES,
  TRADES,
  QUOTES;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
