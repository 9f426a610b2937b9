package dev.candlewick.ingest;

import dev.candlewick.record.Timeframe;
import org.jspecify.annotations.Nullable;

/** A candle as the venue sent it; {@code ts} is its open time in microseconds, aligned. */
record Candle(
    InstrumentKey instrument,
    int index,
    Timeframe timeframe,
    long ts,
    double open,
    double high,
    double low,
    double close,
    double volume,
    @Nullable Double quoteVolume,
    @Nullable Long trades,
    @Nullable Double takerBuyVolume,
    boolean closed)
    implements Row {

  boolean sameValues(Candle other) {
    return withoutIndex().equals(other.withoutIndex());
  }

  private Candle withoutIndex() {
    return index == 0
        ? this
        : new Candle(
            instrument,
            0,
            timeframe,
            ts,
            open,
            high,
            low,
            close,
            volume,
            quoteVolume,
            trades,
            takerBuyVolume,
            closed);
  }
}
