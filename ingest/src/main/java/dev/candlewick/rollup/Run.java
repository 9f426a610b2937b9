package dev.candlewick.rollup;

import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Consecutive buckets of one instrument; epoch seconds, half-open. A statement over runs is limited
 * to the range around them, so that it touches no chunk outside it.
 */
record Run(int instrumentId, long from, long to) {
  /** The instruments of runs for which a relation has nothing yet from start to stop. */
  private static final String EMPTY =
      """
      select r.id from unnest(?::int4[], ?::int8[], ?::int8[]) as r (id, start, stop)
      where not exists (
        select from market.candles_%s c
        where c.instrument_id = r.id and c.ts >= to_timestamp(r.start) and c.ts < to_timestamp(r.stop)
          and c.ts >= to_timestamp(?) and c.ts < to_timestamp(?))
      """;

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

  /**
   * The same sorted runs with those of an instrument joined, gaps included, where none of its
   * candles is stored between the first and the last: then whatever is there to build from is
   * marked, and one look at all of it takes a fraction of the time of a look for each run.
   *
   * @param timeframe of the candles that are built
   */
  static List<Run> joined(Connection connection, String timeframe, List<Run> runs)
      throws SQLException {
    TreeMap<Integer, Run> around = new TreeMap<>();
    for (Run run : runs) {
      around.merge(
          run.instrumentId, run, (first, last) -> new Run(first.instrumentId, first.from, last.to));
    }
    if (around.size() == runs.size()) {
      return runs;
    }
    Set<Integer> empty = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(EMPTY.formatted(timeframe))) {
      bind(select, 1, List.copyOf(around.values()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          empty.add(row.getInt(1));
        }
      }
    }
    List<Run> joined = new ArrayList<>();
    runs.stream().filter(run -> !empty.contains(run.instrumentId)).forEach(joined::add);
    around.values().stream().filter(run -> empty.contains(run.instrumentId)).forEach(joined::add);
    return joined;
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
