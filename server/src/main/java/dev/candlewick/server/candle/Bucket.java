package dev.candlewick.server.candle;

import dev.candlewick.record.ExactSum;
import java.util.ArrayList;
import java.util.List;

/** One bucket while its parts are added in ascending order. */
final class Bucket {
  private final long start;
  private final List<Part> parts = new ArrayList<>();

  Bucket(long start) {
    this.start = start;
  }

  void add(Part part) {
    parts.add(part);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The bucket as a part itself; it must not be empty. A sum is unknown if any of its parts is. */
  Part part() {
    double high = Double.NEGATIVE_INFINITY;
    double low = Double.POSITIVE_INFINITY;
    ExactSum volume = new ExactSum();
    ExactSum quoteVolume = new ExactSum();
    ExactSum takerBuyVolume = new ExactSum();
    long trades = 0;
    int source = 0;
    for (Part part : parts) {
      high = Math.max(high, part.high());
      low = Math.min(low, part.low());
      volume.add(part.volume());
      quoteVolume.add(part.quoteVolume());
      takerBuyVolume.add(part.takerBuyVolume());
      trades = trades < 0 || part.trades() < 0 ? -1 : trades + part.trades();
      source |= part.source();
    }
    return new Part(
        start,
        parts.get(0).open(),
        high,
        low,
        parts.get(parts.size() - 1).close(),
        volume.value(),
        quoteVolume.value(),
        trades,
        takerBuyVolume.value(),
        source);
  }
}
