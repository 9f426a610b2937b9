package dev.candlewick.server.candle;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** How many trades the stored minutes say they have: the cost of reading them along with others. */
final class StoredTrades {
  private static final long MINUTE = 60;

  /** Reading up to so many extra trades costs less than another run. */
  private static final long CHEAP = 50;

  private final List<Part> minutes;
  private int at;

  StoredTrades(List<Part> minutes) {
    this.minutes = minutes.stream().sorted(comparingLong(Part::ts)).toList();
  }

  /**
   * The marked minutes in these sorted stretches, as runs. A gap in which next to nothing is stored
   * is read too: it produces the same minutes.
   *
   * @param marked bit 0 is the minute at {@code base}
   * @param most minutes in a run with gaps
   */
  List<Run> runs(BitSet marked, long base, List<Run> stretches, long most) {
    List<Run> runs = new ArrayList<>();
    at = 0;
    for (Run stretch : stretches) {
      int first = runs.size();
      int end = (int) ((stretch.to() - base) / MINUTE);
      int start = marked.nextSetBit((int) ((stretch.from() - base) / MINUTE));
      while (start >= 0 && start < end) {
        int stop = Math.min(end, marked.nextClearBit(start));
        Run run = new Run(base + start * MINUTE, base + stop * MINUTE);
        Run last = runs.size() > first ? runs.get(runs.size() - 1) : null;
        long gap = last == null ? Long.MAX_VALUE : between(last.to(), run.from());
        if (last != null && gap <= CHEAP && last.minutes() + gap + run.minutes() <= most) {
          long minutes = last.minutes() + gap + run.minutes();
          runs.set(runs.size() - 1, new Run(last.from(), run.to(), minutes));
        } else {
          runs.add(run);
        }
        start = marked.nextSetBit(stop);
      }
    }
    return runs;
  }

  /** Trades stored for minutes in this gap; each gap is after the previous one. */
  private long between(long from, long to) {
    while (at < minutes.size() && minutes.get(at).ts() < from) {
      at++;
    }
    long trades = 0;
    while (at < minutes.size() && minutes.get(at).ts() < to) {
      trades += Math.max(1, minutes.get(at).trades());
      at++;
    }
    return trades;
  }
}
