package dev.candlewick.ingest.row;

/** An instrument as the feed names it: {@code binance}, {@code BTCUSDT}. */
public record InstrumentKey(String venue, String symbol) implements Comparable<InstrumentKey> {
  @Override
  public int compareTo(InstrumentKey other) {
    int byVenue = venue.compareTo(other.venue);
    return byVenue != 0 ? byVenue : symbol.compareTo(other.symbol);
  }
}
