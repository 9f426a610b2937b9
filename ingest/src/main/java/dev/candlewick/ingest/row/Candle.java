package dev.candlewick.ingest.row;

import dev.candlewick.record.Timeframe;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** A candle as the venue sent it; {@code ts} is its open time in microseconds, aligned. */
public record Candle(
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
  private static final long MICROS = 1_000_000;

  public boolean sameValues(Candle other) {
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

  /** Whether it begins with a bucket of its timeframe in UTC. */
  public boolean beginsInUtc() {
    return Math.multiplyExact(timeframe.bucket(Math.floorDiv(ts, MICROS)), MICROS) == ts;
  }

  /** Whether it begins with a bucket of whole days of this zone. */
  public boolean beginsIn(ZoneId zone) {
    return Math.floorMod(ts, MICROS) == 0 && timeframe.beginsAt(Math.floorDiv(ts, MICROS), zone);
  }

  @Override
  public boolean makesInstrument() {
    return beginsInUtc();
  }
}
