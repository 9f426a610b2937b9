package dev.candlewick.client;

/** A trade or a quote. */
public sealed interface Tick permits Trade, Quote {
  /** When it happened at the venue, nanoseconds since the epoch; the server stores microseconds. */
  long ts();
}
