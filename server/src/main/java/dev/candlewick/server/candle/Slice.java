package dev.candlewick.server.candle;

import dev.candlewick.server.web.Range;
import org.jspecify.annotations.Nullable;

/**
 * Which candles of a series, and in what order.
 *
 * @param range when they start
 * @param limit the most on a page, filled ones included
 * @param position where the page starts; null for the first one
 * @param closedOnly whether candles that are not closed are left out
 */
record Slice(
    Range range,
    int limit,
    boolean descending,
    @Nullable Position position,
    Fill fill,
    boolean closedOnly) {
  private static final long MICROS = 1_000_000;
  private static final long DAY = 86_400;

  /** Whether pages go from newer to older. */
  boolean backwards() {
    return range.readsBackwards(descending);
  }

  /** The same from this position on. */
  Slice at(Position start) {
    return new Slice(range, limit, descending, start, fill, closedOnly);
  }

  /** What is left of it once so many candles are found, from this position on. */
  Slice after(int found, Position start) {
    return new Slice(range, limit - found, descending, start, fill, closedOnly);
  }

  /** The first second at which a candle may start. */
  long from() {
    long first = range.from() == null ? Range.START / MICROS : ceil(range.from());
    return position == null || backwards() ? first : Math.max(first, position.next());
  }

  /** The second before which a candle must start; at most a day ahead of the clock. */
  long to(long now) {
    long latest = now + DAY;
    long last = range.to() == null ? latest : Math.min(latest, ceil(range.to()));
    return position == null || !backwards() ? last : Math.min(last, position.next() + 1);
  }

  private static long ceil(long micros) {
    return -Math.floorDiv(-micros, MICROS);
  }
}
