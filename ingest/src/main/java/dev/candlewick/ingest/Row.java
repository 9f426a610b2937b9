package dev.candlewick.ingest;

/** One valid row of a message: a trade, a quote or a candle. */
sealed interface Row permits Trade, Quote, Candle {
  InstrumentKey instrument();

  /** Event time, microseconds since the epoch. */
  long ts();

  /** Position of the row in its message, from 0. */
  int index();
}
