package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Community edition: longer candles of minutes that came for a time whose minutes were once
 * dropped. Refreshing an aggregate there would delete the candles of everything that did not come
 * back, so the touched ones alone are written to where the aggregate is kept.
 */
final class OldLevels {
  private static final String DROPPED =
      """
      select level, ceil(extract(epoch from before))::int8 from ingest.dropped
      where level is not null
      """;

  private static final String KEPT_IN =
      """
      select format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
      from timescaledb_information.continuous_aggregates
      where view_schema = 'market' and view_name = ?
      """;

  /** Parameters: runs of the level's buckets. An aggregate has no key to upsert by. */
  private static final String REPLACE =
      """
      with built as materialized (
        %1$s
      ), replaced as (
        delete from %2$s c using built b
        where c.instrument_id = b.id and c.ts = b.ts
          and c.ts >= (select min(ts) from built) and c.ts <= (select max(ts) from built)
          and %3$s
      )
      insert into %2$s
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select b.* from built b
      where not exists (
        select from %2$s c
        where c.instrument_id = b.id and c.ts = b.ts
          and c.ts >= (select min(ts) from built) and c.ts <= (select max(ts) from built)
          and not (%3$s))
      """;

  private OldLevels() {}

  /** In the minutes' transaction. */
  static void write(Connection connection, DirtyMinutes minutes) throws SQLException {
    if (minutes.isEmpty()) {
      return;
    }
    NavigableMap<Integer, Long> befores = dropped(connection);
    for (int level : Retention.LEVELS.subList(1, Retention.LEVELS.size())) {
      long dropped = befores.headMap(level).values().stream().mapToLong(b -> b).max().orElse(0);
      Set<Pair> buckets = new TreeSet<>(minutes.buckets(level));
      buckets.removeIf(bucket -> bucket.minute() >= dropped);
      if (buckets.isEmpty()) {
        continue;
      }
      String sql =
          REPLACE.formatted(
              LevelRollUp.built(level), keptIn(connection, level), LevelRollUp.isWhole("b"));
      try (PreparedStatement replace = connection.prepareStatement(sql)) {
        for (List<Run> runs : Run.byPeriod(buckets, level, LevelRollUp.period(level)).values()) {
          Run.bind(replace, 1, runs);
          replace.executeUpdate();
        }
      }
    }
  }

  /** Before when candles of a level, of so many seconds, may be gone; epoch seconds. */
  private static NavigableMap<Integer, Long> dropped(Connection connection) throws SQLException {
    NavigableMap<Integer, Long> befores = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(DROPPED)) {
      while (row.next()) {
        befores.merge(row.getInt(1), row.getLong(2), Math::max);
      }
    }
    return befores;
  }

  private static String keptIn(Connection connection, int level) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(KEPT_IN)) {
      select.setString(1, "candles_" + Timeframe.ofSeconds(level).text());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
