package dev.candlewick.rollup;

import dev.candlewick.Retention;
import dev.candlewick.Timeframe;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Community edition: buckets that late data touched are refreshed explicitly, together. Newer ones
 * need nothing: the policies have not materialised them yet and they are read in real time. Until a
 * bucket is refreshed its mark stays, and reads build it from the minutes.
 */
final class LevelRefresh {
  /** Level of a five-minute bucket that waits for its refresh. */
  private static final int WAITING = 300;

  /** How far back each aggregate is read in real time: {@code end_offset} of its policy. */
  private static final Map<Integer, Duration> REAL_TIME =
      Map.of(
          300, Duration.ofHours(1),
          900, Duration.ofHours(2),
          3_600, Duration.ofHours(6),
          14_400, Duration.ofDays(1),
          86_400, Duration.ofDays(3));

  private static final String MARK =
      """
      insert into ingest.dirty (level, bucket, ids)
      select 300, to_timestamp(b.bucket), array_agg(b.id)
      from unnest(?::int4[], ?::int8[]) as b (id, bucket)
      where to_timestamp(b.bucket) < now() - interval '1 hour'
      group by 2
      """;

  private static final String WAITING_BUCKETS =
      """
      select (extract(epoch from bucket))::int8, ctid::text from ingest.dirty
      where level = 300 order by bucket limit 10000
      """;

  private static final String DONE =
      "delete from ingest.dirty where level = 300 and ctid = any (?::tid[])";

  private static final String HAS_OPTIONS =
      """
      select exists (select from pg_proc
        where proname = 'refresh_continuous_aggregate' and 'options' = any (proargnames))
      """;

  private LevelRefresh() {}

  /** A stretch of buckets to refresh in one call; epoch seconds, half-open. */
  record Stretch(long from, long to) {}

  static void mark(Connection connection, DirtyMinutes minutes) throws SQLException {
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      DirtyMinutes.bind(mark, 1, minutes.buckets(WAITING));
      mark.executeUpdate();
    }
  }

  /** Refreshes what is marked, level after level, then takes the marks away. */
  static void refreshMarked(Connection connection, Retention retention) throws SQLException {
    List<Long> buckets = new ArrayList<>();
    List<String> marks = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WAITING_BUCKETS)) {
      while (row.next()) {
        buckets.add(row.getLong(1));
        marks.add(row.getString(2));
      }
    }
    connection.commit();
    if (buckets.isEmpty()) {
      return;
    }
    connection.setAutoCommit(true);
    try {
      refresh(connection, buckets, retention);
      try (PreparedStatement done = connection.prepareStatement(DONE)) {
        done.setArray(1, connection.createArrayOf("text", marks.toArray()));
        done.executeUpdate();
      }
    } finally {
      connection.setAutoCommit(false);
    }
  }

  private static void refresh(Connection connection, List<Long> buckets, Retention retention)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A long backfill is refreshed in one call; it ends by itself.
      statement.execute("set statement_timeout = 0");
      String options = "";
      try (ResultSet has = statement.executeQuery(HAS_OPTIONS)) {
        if (has.next() && has.getBoolean(1)) {
          // Ten buckets a batch, the default since 2.28, costs seven times as much.
          options = ", options => '{\"buckets_per_batch\": 0}'";
        }
      }
      long now = System.currentTimeMillis() / 1_000;
      List<Integer> levels = Retention.LEVELS;
      for (int i = 1; i < levels.size(); i++) {
        int level = levels.get(i);
        long newest = now - REAL_TIME.getOrDefault(level, Duration.ZERO).toSeconds();
        Duration keep = retention.candles(levels.get(i - 1));
        long oldest = keep.equals(Retention.FOR_EVER) ? 0 : now - keep.toSeconds();
        for (Stretch stretch : stretches(buckets, level, oldest, newest)) {
          statement.execute(
              "call public.refresh_continuous_aggregate('market.candles_%s', to_timestamp(%d), to_timestamp(%d)%s)"
                  .formatted(
                      Timeframe.ofSeconds(level).text(), stretch.from(), stretch.to(), options));
        }
      }
      statement.execute("reset statement_timeout");
    }
  }

  /**
   * The level's buckets that hold these (sorted) ones, neighbours joined. None that starts before
   * {@code oldest}: refreshing over a dropped range of the source would delete candles.
   */
  static List<Stretch> stretches(List<Long> buckets, int level, long oldest, long newest) {
    List<Stretch> stretches = new ArrayList<>();
    for (long bucket : buckets) {
      long from = bucket - Math.floorMod(bucket, (long) level);
      if (from < oldest || from >= newest) {
        continue;
      }
      int last = stretches.size() - 1;
      if (last >= 0 && from <= stretches.get(last).to() + 2L * level) {
        Stretch before = stretches.get(last);
        stretches.set(last, new Stretch(before.from(), Math.max(before.to(), from + level)));
      } else {
        stretches.add(new Stretch(from, from + level));
      }
    }
    return stretches;
  }
}
