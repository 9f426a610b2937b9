package dev.candlewick.server.candle;

import dev.candlewick.indicator.Bar;
import org.jspecify.annotations.Nullable;

/**
 * A candle as it is returned. Unknown values are NaN, -1 for {@code trades}; with {@code fill=null}
 * that is every number of a filled one.
 *
 * @param ts when it starts, seconds since the epoch
 * @param quoteVolume the sum of price times size
 * @param takerBuyVolume the volume in which the taker bought
 * @param closed its end has passed, and the venue's own candle in it is not still forming
 * @param origin null for a filled one
 * @param filled there was no trade; the candle only fills the gap
 */
public record Candle(
    long ts,
    double open,
    double high,
    double low,
    double close,
    double volume,
    double quoteVolume,
    long trades,
    double takerBuyVolume,
    boolean closed,
    @Nullable Origin origin,
    boolean filled)
    implements Bar {

  /** What a candle was made from. */
  public enum Origin {
    BUILT("built"),
    NATIVE("native"),
    MIXED("mixed");

    private final String word;

    Origin(String word) {
      this.word = word;
    }

    /** Its name in an answer. */
    public String word() {
      return word;
    }

    static Origin of(Part part) {
      if (!part.has(Part.BUILT)) {
        return NATIVE;
      }
      return part.source() == Part.BUILT ? BUILT : MIXED;
    }
  }

  static Candle of(Part part, boolean closed) {
    return new Candle(
        part.ts(),
        part.open(),
        part.high(),
        part.low(),
        part.close(),
        part.volume(),
        part.quoteVolume(),
        part.trades(),
        part.takerBuyVolume(),
        closed,
        Origin.of(part),
        false);
  }

  /** A bucket without trades, all values unknown. */
  public static Candle empty(long ts, boolean closed) {
    double none = Double.NaN;
    return new Candle(ts, none, none, none, none, none, none, -1, none, closed, null, true);
  }

  /** A bucket without trades, at the price before it. */
  static Candle flat(long ts, double price, boolean closed) {
    return new Candle(ts, price, price, price, price, 0, 0, 0, 0, closed, null, true);
  }

  /** One of which no more than this is known. */
  static Candle traded(
      long ts, double open, double high, double low, double close, double volume, boolean closed) {
    double none = Double.NaN;
    return new Candle(ts, open, high, low, close, volume, none, -1, none, closed, null, false);
  }

  /** The volume-weighted average price; NaN if part of it is unknown or nothing was traded. */
  public double vwap() {
    return volume == 0 ? Double.NaN : quoteVolume / volume;
  }
}
