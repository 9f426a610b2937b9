package dev.candlewick.server.candle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The buckets at the edge of what retention keeps. One that starts before the parts of its level do
 * is built from longer ones, as far as those are stored and one of them starts where it does;
 * otherwise it is left out, so that part of a bucket is never presented as the whole.
 */
final class Edge {
  private final Series series;
  private final Parts parts;
  private final long held;

  /** The level's own parts by their start, with shorter ones folded into them. */
  private final TreeMap<Long, Part> own = new TreeMap<>();

  /** Those of longer levels, by their seconds and start. */
  private final Map<Long, Map<Long, Part>> coarser = new HashMap<>();

  private Edge(Series series, Parts parts, Map<Long, List<Part>> coarser) {
    this.series = series;
    this.parts = parts;
    this.held = parts.heldFrom(series.level());
    CandleFold.upTo(series.level(), CandleFold.best(parts.fine())).forEach(this::own);
    parts.level().forEach(this::own);
    coarser.forEach(
        (seconds, rows) -> {
          Map<Long, Part> byStart = new HashMap<>();
          rows.forEach(part -> byStart.put(part.ts(), part));
          this.coarser.put(seconds, byStart);
        });
  }

  private void own(Part part) {
    own.put(part.ts(), part);
  }

  /**
   * The parts of the buckets in between, without those that are incomplete.
   *
   * @param coarser what longer levels have of the range, by their seconds
   */
  static Parts complete(
      Series series, Parts parts, long from, long to, Map<Long, List<Part>> coarser) {
    return new Edge(series, parts, coarser).complete(from, to);
  }

  /** Whether the bucket that starts here can be built, whatever it contains. */
  static boolean isHeld(Series series, Map<Long, Long> held, long start) {
    Parts none = new Parts(List.of(), List.of(), List.of(), false, false, held);
    Edge edge = new Edge(series, none, Map.of());
    return start >= edge.held || edge.bucket(start) != null;
  }

  private Parts complete(long from, long to) {
    Buckets buckets = series.buckets();
    List<Part> level = whole(parts.level());
    for (long start = buckets.ceil(from); start < Math.min(to, held); start = buckets.next(start)) {
      List<Part> bucket = bucket(start);
      if (bucket != null) {
        level.addAll(bucket);
      }
    }
    return new Parts(
        level, whole(parts.fine()), parts.exact(), parts.stale(), parts.cut(), parts.held());
  }

  private List<Part> whole(List<Part> of) {
    List<Part> whole = new ArrayList<>(of);
    whole.removeIf(part -> series.buckets().floor(part.ts()) < held);
    return whole;
  }

  /** What the bucket is made from; null if part of it is gone. */
  private @Nullable List<Part> bucket(long start) {
    List<Part> bucket = new ArrayList<>();
    long end = series.buckets().end(start);
    long at = start;
    while (at < Math.min(end, held)) {
      Level level = at(at, end);
      if (level == null || series.buckets() instanceof TradingHoursBuckets) {
        return null;
      }
      Part part = coarser.getOrDefault(level.seconds(), Map.of()).get(at);
      if (part != null) {
        bucket.add(part);
      }
      at += level.seconds();
    }
    bucket.addAll(own.subMap(at, Math.max(at, end)).values());
    return bucket;
  }

  /** The shortest longer level with a candle that starts here and ends with the bucket. */
  private @Nullable Level at(long time, long end) {
    for (Level level : series.level().coarser()) {
      boolean begins = level.buckets().floor(time) == time && time + level.seconds() <= end;
      if (begins && parts.heldFrom(level) <= time) {
        return level;
      }
    }
    return null;
  }
}
