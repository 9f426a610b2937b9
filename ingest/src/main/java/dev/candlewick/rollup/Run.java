package dev.candlewick.rollup;

import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/**
 * Consecutive buckets of one instrument; epoch seconds, half-open. A statement over runs is limited
 * to the range around them, so that it touches no chunk outside it.
 */
record Run(int instrumentId, long from, long to) {
  /** The runs of these sorted buckets, split at multiples of {@code seconds}. */
  static TreeMap<Long, List<Run>> byPeriod(Collection<Pair> buckets, long length, long seconds) {
    TreeMap<Long, List<Run>> periods = new TreeMap<>();
    for (Pair bucket : buckets) {
      List<Run> runs =
          periods.computeIfAbsent(
              Math.floorDiv(bucket.minute(), seconds), period -> new ArrayList<>());
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      long end = bucket.minute() + length;
      if (last != null
          && last.instrumentId == bucket.instrumentId()
          && last.to == bucket.minute()) {
        runs.set(runs.size() - 1, new Run(last.instrumentId, last.from, end));
      } else {
        runs.add(new Run(bucket.instrumentId(), bucket.minute(), end));
      }
    }
    return periods;
  }

  /** Binds the runs as three arrays from {@code at} on, followed by the range around them. */
  static void bind(PreparedStatement statement, int at, List<Run> runs) throws SQLException {
    statement.setObject(at, runs.stream().mapToInt(Run::instrumentId).toArray());
    statement.setObject(at + 1, runs.stream().mapToLong(Run::from).toArray());
    statement.setObject(at + 2, runs.stream().mapToLong(Run::to).toArray());
    statement.setLong(at + 3, runs.stream().mapToLong(Run::from).min().orElse(0));
    statement.setLong(at + 4, runs.stream().mapToLong(Run::to).max().orElse(0));
  }
}
