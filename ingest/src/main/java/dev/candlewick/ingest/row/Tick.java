package dev.candlewick.ingest.row;

import org.jspecify.annotations.Nullable;

/** A row identified by its instrument, time and id: a trade or a quote. */
public sealed interface Tick extends Row permits Trade, Quote {
  @Override
  InstrumentKey instrument();

  /** The id it came with; null if it is identified by its position in its stream. */
  @Nullable Long ownId();
}
