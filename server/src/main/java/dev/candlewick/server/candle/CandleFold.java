package dev.candlewick.server.candle;

import static java.util.Comparator.comparingInt;
import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Folds parts into candles. */
final class CandleFold {
  private CandleFold() {}

  /**
   * The candles of these ascending parts.
   *
   * @param level where the parts were read from
   * @param now seconds since the epoch
   */
  static List<Candle> candles(Parts parts, Level level, Buckets buckets, long now) {
    List<Part> stored = new ArrayList<>(parts.level());
    stored.addAll(upTo(level, best(parts.fine())));
    stored.sort(comparingLong(Part::ts));
    List<Part> folded = buckets.equals(level.buckets()) ? stored : fold(stored, buckets);
    List<Candle> candles = new ArrayList<>(folded.size());
    for (Part part : withExact(folded, parts.exact())) {
      boolean closed = buckets.end(part.ts()) <= now && !part.has(Part.FORMING);
      candles.add(Candle.of(part, closed));
    }
    return candles;
  }

  /**
   * One part per start, ascending: the best source, and within a source the last one; but none with
   * fewer trades, since then some of them are gone.
   */
  static List<Part> best(List<Part> fine) {
    List<Part> sorted = new ArrayList<>(fine);
    sorted.sort(
        comparingLong(Part::ts)
            .thenComparing(comparingInt(CandleFold::rank))
            .thenComparing(comparingLong(part -> part.has(Part.BUILT) ? part.trades() : 0)));
    List<Part> best = new ArrayList<>(sorted.size());
    for (int i = 0; i < sorted.size(); i++) {
      if (i + 1 == sorted.size() || sorted.get(i + 1).ts() != sorted.get(i).ts()) {
        best.add(sorted.get(i));
      }
    }
    return best;
  }

  private static int rank(Part minute) {
    return switch (minute.source()) {
      case Part.CLOSED -> 3;
      case Part.BUILT -> 2;
      case Part.FINER -> 1;
      default -> 0;
    };
  }

  /** Minutes rolled up level by level as in the database, so that sums round the same way. */
  static List<Part> upTo(Level level, List<Part> fine) {
    List<Part> parts = fine;
    for (Level step : Level.STORED) {
      boolean above = step.seconds() > Level.M1.seconds() && step.seconds() <= level.seconds();
      if (above && !level.isTrades()) {
        parts = fold(parts, step.buckets());
      }
    }
    return parts;
  }

  /** The ascending parts, folded into buckets; those outside every bucket are left out. */
  static List<Part> fold(List<Part> parts, Buckets buckets) {
    List<Part> folded = new ArrayList<>();
    int i = 0;
    while (i < parts.size()) {
      long start = buckets.floor(parts.get(i).ts());
      long end = buckets.end(start);
      Bucket bucket = new Bucket(start);
      do {
        Part part = parts.get(i);
        if (part.ts() < end && buckets.holds(part.ts())) {
          bucket.add(part);
        }
        i++;
      } while (i < parts.size() && parts.get(i).ts() < end);
      if (!bucket.isEmpty()) {
        folded.add(bucket.part());
      }
    }
    return folded;
  }

  /** The venue's closed candle takes its bucket; its forming one only an empty bucket. */
  private static Iterable<Part> withExact(List<Part> folded, List<Part> exact) {
    if (exact.isEmpty()) {
      return folded;
    }
    TreeMap<Long, Part> byStart = new TreeMap<>();
    folded.forEach(part -> byStart.put(part.ts(), part));
    for (Part part : exact) {
      if (part.has(Part.CLOSED)) {
        byStart.put(part.ts(), part);
      } else {
        byStart.putIfAbsent(part.ts(), part);
      }
    }
    return byStart.values();
  }
}
