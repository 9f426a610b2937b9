package dev.candlewick.server.candle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page while candles are added to it in reading order; empty buckets are filled. */
final class Answer {
  private final Series series;
  private final Slice slice;
  private final long now;
  private final List<Candle> candles = new ArrayList<>();
  private @Nullable Position next;
  private boolean full;

  Answer(Series series, Slice slice, long now) {
    this.series = series;
    this.slice = slice;
    this.now = now;
    this.next = slice.position();
  }

  /** Adds what was read next, in ascending order. Candles that were not asked for are left out. */
  void add(List<Candle> found) {
    List<Candle> read = new ArrayList<>(found);
    if (slice.backwards()) {
      Collections.reverse(read);
    }
    for (Candle candle : read) {
      if (candle.closed() || !slice.closedOnly()) {
        fillUpTo(candle);
        append(candle);
      }
    }
  }

  private void fillUpTo(Candle candle) {
    while (!full && next != null && isBefore(next.next(), candle.ts())) {
      append(filled(next, candle));
    }
  }

  private boolean isBefore(long bucket, long candle) {
    boolean between = slice.backwards() ? bucket > candle : bucket < candle;
    return between && slice.fill() != Fill.NONE;
  }

  private Candle filled(Position at, Candle candle) {
    boolean closed = series.buckets().end(at.next()) <= now;
    if (slice.fill() == Fill.NULL) {
      return Candle.empty(at.next(), closed);
    }
    return Candle.flat(at.next(), slice.backwards() ? candle.close() : at.close(), closed);
  }

  private void append(Candle candle) {
    if (candles.size() == slice.limit()) {
      full = true;
      return;
    }
    candles.add(candle);
    long ts = candle.ts();
    long after = slice.backwards() ? series.buckets().previous(ts) : series.buckets().next(ts);
    next = new Position(after, candle.close());
  }

  /** Whether there is more than fits on the page. */
  boolean isFull() {
    return full;
  }

  boolean isEmpty() {
    return candles.isEmpty();
  }

  /** The page; {@code more} says whether anything may follow it. */
  CandlePage page(boolean more) {
    if (slice.backwards() && !slice.descending()) {
      Collections.reverse(candles);
    }
    return new CandlePage(List.copyOf(candles), more ? next : null);
  }
}
