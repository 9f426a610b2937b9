package dev.candlewick.server.tick;

/** A trade or a quote. */
public sealed interface Tick permits Trade, Quote {
  /** Microseconds since the epoch. */
  long ts();

  /** Orders the ticks with the same timestamp and place. */
  long id();

  /** Orders the ticks with the same timestamp before their ids do. */
  long place();
}
