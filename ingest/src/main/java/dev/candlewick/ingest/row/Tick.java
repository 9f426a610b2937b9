package dev.candlewick.ingest.row;

import org.jspecify.annotations.Nullable;

/** A row that is known by its instrument, its time and an id: a trade or a quote. */
public sealed interface Tick extends Row permits Trade, Quote {
  @Override
  InstrumentKey instrument();

  /** The id that it came with; null if it is known by its place in its stream. */
  @Nullable Long ownId();
}
