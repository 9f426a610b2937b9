package dev.candlewick.ingest.row;

import dev.candlewick.ingest.row.MarketForm.Head;
import dev.candlewick.record.Timeframe;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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

  /** Whether it starts at a bucket boundary of its timeframe in UTC. */
  public boolean beginsInUtc() {
    return Math.multiplyExact(timeframe.bucket(Math.floorDiv(ts, MICROS)), MICROS) == ts;
  }

  /** Whether it starts at a bucket boundary of whole days in this zone. */
  public boolean beginsIn(ZoneId zone) {
    return Math.floorMod(ts, MICROS) == 0 && timeframe.beginsAt(Math.floorDiv(ts, MICROS), zone);
  }

  @Override
  public boolean makesInstrument() {
    return beginsInUtc();
  }

  static final RowForm FORM = new MarketForm<>(Candle.class, Candle::write, Candle::read);

  private static void write(DataOutputStream out, Candle candle) throws IOException {
    out.writeUTF(candle.timeframe.text());
    out.writeDouble(candle.open);
    out.writeDouble(candle.high);
    out.writeDouble(candle.low);
    out.writeDouble(candle.close);
    out.writeDouble(candle.volume);
    MarketForm.writeNumber(out, candle.quoteVolume);
    MarketForm.writeWhole(out, candle.trades);
    MarketForm.writeNumber(out, candle.takerBuyVolume);
    out.writeBoolean(candle.closed);
  }

  private static Candle read(DataInputStream in, int version, Head head) throws IOException {
    Timeframe timeframe = Timeframe.parse(in.readUTF()).orElseThrow(IOException::new);
    return new Candle(
        head.instrument(),
        head.index(),
        timeframe,
        head.ts(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        MarketForm.readNumber(in),
        MarketForm.readWhole(in),
        MarketForm.readNumber(in),
        in.readBoolean());
  }
}
