package dev.candlewick.ingest;

/** An instrument as the feed names it: {@code binance}, {@code BTCUSDT}. */
record InstrumentKey(String venue, String symbol) implements Comparable<InstrumentKey> {
  @Override
  public int compareTo(InstrumentKey other) {
    int byVenue = venue.compareTo(other.venue);
    return byVenue != 0 ? byVenue : symbol.compareTo(other.symbol);
  }
}
