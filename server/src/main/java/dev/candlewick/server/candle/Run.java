package dev.candlewick.server.candle;

import static java.util.Comparator.comparingLong;

import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A stretch of time to read; seconds since the epoch, half-open.
 *
 * @param minutes how many of its minutes are expected to be there
 */
record Run(long from, long to, long minutes) {
  private static final long MINUTE = 60;
  private static final long DAY = 86_400;

  /** All of its minutes may be there. */
  Run(long from, long to) {
    this(from, to, (to - from) / MINUTE);
  }

  /** The set bits as runs, with bit 0 at {@code base} and each {@code length} long. */
  static List<Run> of(BitSet bits, long base, long length) {
    List<Run> runs = new ArrayList<>();
    for (int start = bits.nextSetBit(0); start >= 0; ) {
      int end = bits.nextClearBit(start);
      runs.add(new Run(base + start * length, base + end * length));
      start = bits.nextSetBit(end);
    }
    return runs;
  }

  /**
   * The same sorted runs, grouped by statement: a statement looks at every chunk between its first
   * run and its last, so only a few may be many days apart.
   *
   * @param most minutes in all runs of a group; a longer run is cut
   * @param mostLooks runs in a group times the days they are spread over
   */
  static List<List<Run>> groups(List<Run> runs, long most, long mostLooks) {
    List<List<Run>> groups = new ArrayList<>();
    Deque<Run> left = new ArrayDeque<>(runs);
    while (!left.isEmpty()) {
      groups.add(takeGroup(left, most, mostLooks));
    }
    return groups;
  }

  /** Removes and returns the first of these groups. */
  static List<Run> takeGroup(Deque<Run> left, long most, long mostLooks) {
    List<Run> group = new ArrayList<>();
    long minutes = 0;
    for (Run next = left.peek(); next != null; next = left.peek()) {
      Run run = next.minutes <= most ? next : new Run(next.from, next.from + most * MINUTE);
      long days = group.isEmpty() ? 0 : (run.to - group.get(0).from) / DAY;
      boolean full = minutes + run.minutes > most || (group.size() + 1) * (days + 1) > mostLooks;
      if (full && !group.isEmpty()) {
        break;
      }
      left.poll();
      if (run.to < next.to) {
        left.addFirst(new Run(run.to, next.to));
      }
      group.add(run);
      minutes += run.minutes;
    }
    return group;
  }

  /** These sorted runs, joined where they meet, within a range; the first {@code most}. */
  static List<Run> joined(List<Run> runs, long from, long to, int most) {
    List<Run> joined = new ArrayList<>();
    for (Run run : runs.stream().sorted(comparingLong(Run::from)).toList()) {
      Run within = new Run(Math.max(from, run.from), Math.min(to, run.to));
      Run last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null && within.from <= last.to) {
        joined.set(joined.size() - 1, new Run(last.from, Math.max(last.to, within.to)));
      } else if (within.from < within.to && joined.size() < most) {
        joined.add(within);
      }
    }
    return joined;
  }

  static OffsetDateTime[] times(List<Run> runs, ToLongFunction<Run> time) {
    return runs.stream()
        .map(run -> PartRepository.time(time.applyAsLong(run)))
        .toArray(OffsetDateTime[]::new);
  }
}
