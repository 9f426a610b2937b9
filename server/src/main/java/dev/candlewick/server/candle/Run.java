package dev.candlewick.server.candle;

import static java.util.Comparator.comparingLong;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.ToLongFunction;

/** A stretch of time to read; seconds since the epoch, half-open. */
record Run(long from, long to) {
  private static final long DAY = 86_400;

  /** The set bits as runs, bit 0 at {@code base} and each of {@code length}. */
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
   * The same runs, which are in order, in groups for a statement each: a run of a statement looks
   * at every chunk between the first one and the last, so that few may be many days apart.
   *
   * @param longest seconds of all runs of a group; a longer run is cut
   * @param mostLooks runs of a group times the days that they are spread over
   */
  static List<List<Run>> groups(List<Run> runs, long longest, long mostLooks) {
    List<List<Run>> groups = new ArrayList<>();
    List<Run> group = new ArrayList<>();
    long length = 0;
    for (Run whole : runs) {
      for (long from = whole.from; from < whole.to; from += longest) {
        Run run = new Run(from, Math.min(whole.to, from + longest));
        long days = group.isEmpty() ? 0 : (run.to - group.get(0).from) / DAY;
        boolean full =
            length + run.length() > longest || (group.size() + 1) * (days + 1) > mostLooks;
        if (full && !group.isEmpty()) {
          groups.add(group);
          group = new ArrayList<>();
          length = 0;
        }
        group.add(run);
        length += run.length();
      }
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }

  /** These runs in order, joined where they meet, within a range; the first {@code most}. */
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

  long length() {
    return to - from;
  }

  static OffsetDateTime[] times(List<Run> runs, ToLongFunction<Run> time) {
    return runs.stream()
        .map(run -> PartRepository.time(time.applyAsLong(run)))
        .toArray(OffsetDateTime[]::new);
  }
}
