package dev.candlewick.ingest.row;

import dev.candlewick.ingest.row.MarketForm.Head;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Best bid and ask; either side may be null (an empty book), but not both.
 *
 * @param ts microseconds since the epoch
 * @param id of its content; null for a quote identified by its position in its stream
 */
public record Quote(
    InstrumentKey instrument,
    int index,
    long ts,
    @Nullable Long id,
    @Nullable Double bid,
    @Nullable Double bidSize,
    @Nullable Double ask,
    @Nullable Double askSize,
    @Nullable Double last,
    @Nullable Double volume24h)
    implements Tick {
  @Override
  public @Nullable Long ownId() {
    return id;
  }

  static final RowForm FORM = new MarketForm<>(Quote.class, Quote::write, Quote::read);

  private static void write(DataOutputStream out, Quote quote) throws IOException {
    MarketForm.writeWhole(out, quote.id);
    MarketForm.writeNumber(out, quote.bid);
    MarketForm.writeNumber(out, quote.bidSize);
    MarketForm.writeNumber(out, quote.ask);
    MarketForm.writeNumber(out, quote.askSize);
    MarketForm.writeNumber(out, quote.last);
    MarketForm.writeNumber(out, quote.volume24h);
  }

  private static Quote read(DataInputStream in, int version, Head head) throws IOException {
    return new Quote(
        head.instrument(),
        head.index(),
        head.ts(),
        MarketForm.readWhole(in),
        MarketForm.readNumber(in),
        MarketForm.readNumber(in),
        MarketForm.readNumber(in),
        MarketForm.readNumber(in),
        MarketForm.readNumber(in),
        MarketForm.readNumber(in));
  }
}
