package dev.candlewick.server.tick;

/** A trade or a quote. */
public sealed interface Tick permits Trade, Quote {
  /** Microseconds since the epoch. */
  long ts();

  /** What orders the ticks of one timestamp and place. */
  long id();

  /** What orders the ticks of one timestamp before their ids do. */
  long place();
}
