package dev.candlewick.ingest.row;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One valid row of a message: a trade, a quote, a candle or a record. */
public sealed interface Row permits Tick, Candle, RecordRow {
  /** Null for a record without an instrument. */
  @Nullable InstrumentKey instrument();

  /** Event time, microseconds since the epoch. */
  long ts();

  /** Position of the row in its message, from 0. */
  int index();

  /** Whether its instrument is created if missing; otherwise the row may still be rejected. */
  default boolean makesInstrument() {
    return true;
  }

  /** Whether its instrument is known to everyone from then on; a bot's record lists none. */
  default boolean listsInstrument() {
    return true;
  }

  /** Requests whose first rows have the same subject are written in the order they arrived. */
  default int subject() {
    return Objects.hashCode(instrument());
  }
}
