package dev.candlewick.server.candle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which candles of a range exist, and why the others do not.
 *
 * @param gaps ascending
 * @param expected closed buckets in which the market is open
 * @param present those of them that have a candle
 */
record Coverage(List<Gap> gaps, long expected, long present) {
  /** The most buckets in a requested range. */
  static final int MOST_BUCKETS = 200_000;

  /** Why there is no candle. */
  enum State {
    /** Proven: the venue's ids continue without a hole, or it quoted and did not trade. */
    NO_TRADES,
    /** Proven: the venue's ids have a hole here. */
    FEED_DOWN,
    /** Before the instrument's first data. */
    NOT_LOADED,
    /** Retention has dropped what it would be made from. */
    DROPPED,
    MARKET_CLOSED,
    UNKNOWN;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Consecutive missing buckets; {@code from} and {@code to} in seconds since the epoch. */
  record Gap(long from, long to, long missing, State state) {
    Gap as(State proven) {
      return new Gap(from, to, missing, proven);
    }
  }

  /** Compares what is stored with what should be there. */
  static Coverage of(CandleQuery query, Candles.Held held) {
    Series series = Candles.series(query, held.instrument());
    return of(
        series.buckets(),
        held.session(),
        held.starts(),
        held.from(),
        held.to(),
        start -> Edge.isHeld(series, held.dropped(), start));
  }

  /**
   * Compares what is there with what should be. Gaps while the market is open are {@link
   * State#UNKNOWN} for now.
   *
   * @param starts of the candles that are there
   * @param to the end of the range, not after now
   * @param held whether the bucket that starts there could be built if it contained anything
   */
  private static Coverage of(
      Buckets buckets,
      @Nullable TradingHours session,
      Set<Long> starts,
      long from,
      long to,
      LongPredicate held) {
    List<Gap> gaps = new ArrayList<>();
    long expected = 0;
    long present = 0;
    for (long start = buckets.ceil(from); start < to; start = buckets.next(start)) {
      long end = buckets.end(start);
      if (end > to) {
        break;
      }
      boolean open = session == null || session.isOpen(start, end);
      boolean there = starts.contains(start);
      expected += open ? 1 : 0;
      present += open && there ? 1 : 0;
      if (!there) {
        State why = held.test(start) ? State.UNKNOWN : State.DROPPED;
        add(gaps, start, end, open ? why : State.MARKET_CLOSED);
      }
    }
    return new Coverage(gaps, expected, present);
  }

  private static void add(List<Gap> gaps, long start, long end, State state) {
    int last = gaps.size() - 1;
    if (last >= 0 && gaps.get(last).to() == start && gaps.get(last).state() == state) {
      Gap gap = gaps.get(last);
      gaps.set(last, new Gap(gap.from(), end, gap.missing() + 1, state));
    } else {
      gaps.add(new Gap(start, end, 1, state));
    }
  }
}
