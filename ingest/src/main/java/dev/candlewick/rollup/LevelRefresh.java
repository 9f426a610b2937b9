package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Community edition: materialises the continuous aggregates. From time to time it refreshes
 * everything that has changed since the last time, up to where they are read in real time; buckets
 * before that which late data touched are refreshed at once, together. Until a bucket is refreshed
 * its mark stays, and reads build it from the minutes.
 *
 * <p>The server does this rather than TimescaleDB's policies: a policy held up for longer than its
 * window leaves a hole below what it materialises next, and another policy drops the source
 * meanwhile. Here one hand refreshes everything that is left and then drops.
 */
final class LevelRefresh {
  private static final Logger LOG = LoggerFactory.getLogger(LevelRefresh.class);

  /** A slice takes a moment; the first one with very many instruments may take very long. */
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Buckets per call: a fortnight of 5m. What is done by then stays done. */
  private static final int SLICE = 4_000;

  /** Most seconds between two buckets for which one call is cheaper than two. */
  private static final long CLOSE = 14_400;

  private static final Duration TELL_EVERY = Duration.ofSeconds(10);

  /** SQLSTATEs of a refresh that ran into another instance's. */
  private static final Set<String> COLLISION = Set.of("55P03", "40P01");

  /** Level of a five-minute bucket that waits for its refresh. */
  private static final int WAITING = 300;

  /** How far back each aggregate is read in real time. */
  private static final Map<Integer, Duration> REAL_TIME =
      Map.of(
          300, Duration.ofHours(1),
          900, Duration.ofHours(2),
          3_600, Duration.ofHours(6),
          14_400, Duration.ofDays(1),
          86_400, Duration.ofDays(3));

  /** Marks per call, so that it does not last long. */
  private static final int MARKS = 5_000;

  private static final String WAITING_BUCKETS =
      """
      select (extract(epoch from bucket))::int8, minutes, ctid::text, xmin::text from ingest.dirty
      where level = 300 order by bucket desc limit %d
      """
          .formatted(MARKS);

  /**
   * Another instance may have been faster, and a later mark may be in the place of one of these.
   */
  private static final String DONE =
      """
      delete from ingest.dirty d using unnest(?::tid[], ?::text[]) as m (place, made)
      where d.level = 300 and d.ctid = m.place and d.xmin::text = m.made
      """;

  private static final String DROPPED =
      "select coalesce(max(ceil(extract(epoch from before))), 0)::int8 from ingest.dropped where"
          + " relation = '%s'";

  /** Where the data of a relation, table or aggregate, starts; null if there is none. */
  private static final String FIRST =
      """
      select floor(extract(epoch from min(c.range_start)))::int8
      from timescaledb_information.chunks c
      left join timescaledb_information.continuous_aggregates a
        on a.materialization_hypertable_schema = c.hypertable_schema
        and a.materialization_hypertable_name = c.hypertable_name
      where coalesce(a.view_schema, c.hypertable_schema) || '.' || coalesce(a.view_name, c.hypertable_name) = '%s'
      """;

  private static final String HAS_OPTIONS =
      """
      select exists (select from pg_proc
        where proname = 'refresh_continuous_aggregate' and 'options' = any (proargnames))
      """;

  private LevelRefresh() {}

  /** A stretch of buckets to refresh in one call; epoch seconds, half-open. */
  record Stretch(long from, long to) {}

  static void mark(Connection connection, DirtyMinutes minutes) throws SQLException {
    long notBefore = System.currentTimeMillis() / 1_000 - realTime(WAITING);
    DayMarks waiting = new DayMarks();
    for (Pair bucket : minutes.buckets(WAITING)) {
      if (bucket.minute() < notBefore) {
        waiting.add(WAITING, bucket.instrumentId(), bucket.minute());
      }
    }
    waiting.write(connection);
  }

  /** The result of {@link #refreshMarked}. */
  enum Outcome {
    ALL_DONE,
    MORE_WAITS,
    /** Another instance is doing it. */
    PUT_OFF
  }

  /**
   * Refreshes what is marked, from the newest buckets on and level by level, then removes the
   * marks: one slice of what waits.
   */
  static Outcome refreshMarked(Connection connection) throws SQLException {
    TreeSet<Long> buckets = new TreeSet<>();
    List<String> marks = new ArrayList<>();
    List<String> made = new ArrayList<>();
    boolean more = false;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(WAITING_BUCKETS)) {
      while (row.next() && !more) {
        long bucket = row.getLong(1);
        more = !buckets.isEmpty() && buckets.last() - bucket > (long) SLICE * WAITING;
        if (!more) {
          add(buckets, bucket, row.getBytes(2));
          marks.add(row.getString(3));
          made.add(row.getString(4));
        }
      }
    }
    connection.commit();
    if (buckets.isEmpty()) {
      return Outcome.ALL_DONE;
    }
    List<Long> sorted = List.copyOf(buckets);
    if (!refresh(connection, (level, oldest, newest) -> stretches(sorted, level, oldest, newest))) {
      return Outcome.PUT_OFF;
    }
    try (PreparedStatement delete = connection.prepareStatement(DONE)) {
      delete.setArray(1, connection.createArrayOf("text", marks.toArray()));
      delete.setArray(2, connection.createArrayOf("text", made.toArray()));
      delete.executeUpdate();
    }
    connection.commit();
    return more || marks.size() == MARKS ? Outcome.MORE_WAITS : Outcome.ALL_DONE;
  }

  private static void add(TreeSet<Long> buckets, long bucket, byte @Nullable [] minutes) {
    if (minutes == null) {
      buckets.add(bucket);
    } else {
      BitSet.valueOf(minutes).stream().forEach(minute -> buckets.add(bucket + minute * 60L));
    }
  }

  /**
   * Refreshes whatever has changed and can still be rolled up. False if another instance is doing
   * it.
   */
  static boolean refreshAll(Connection connection) throws SQLException {
    return refresh(
        connection,
        (level, oldest, newest) -> slices(level, oldest, first(connection, level), newest));
  }

  /** What to refresh of a level; epoch seconds. */
  private interface Choice {
    List<Stretch> of(int level, long oldest, long newest) throws SQLException;
  }

  private static boolean refresh(Connection connection, Choice choice) throws SQLException {
    // A refresh commits by itself and may take a long time.
    connection.setAutoCommit(true);
    connection.setNetworkTimeout(Runnable::run, (int) LONGEST.toMillis());
    try (Statement statement = connection.createStatement()) {
      statement.execute("set statement_timeout = " + LONGEST.toMillis());
      try {
        refresh(statement, choice);
        return true;
      } catch (SQLException e) {
        if (!COLLISION.contains(e.getSQLState())) {
          throw e;
        }
        LOG.info("refresh put off, another instance is at it: {}", e.getMessage());
        return false;
      } finally {
        statement.execute("reset statement_timeout");
      }
    } finally {
      connection.setAutoCommit(false);
    }
  }

  private static void refresh(Statement statement, Choice choice) throws SQLException {
    String options = "";
    try (ResultSet has = statement.executeQuery(HAS_OPTIONS)) {
      if (has.next() && has.getBoolean(1)) {
        // Ten buckets per batch, the default since 2.28, takes seven times as long.
        options = ", options => '{\"buckets_per_batch\": 0}'";
      }
    }
    long now = System.currentTimeMillis() / 1_000;
    List<Integer> levels = Retention.LEVELS;
    for (int i = 1; i < levels.size(); i++) {
      int level = levels.get(i);
      long newest = now - realTime(level);
      long oldest = dropped(statement, relation(levels.get(i - 1)));
      refresh(statement, level, choice.of(level, oldest, newest), options);
    }
  }

  private static void refresh(
      Statement statement, int level, List<Stretch> stretches, String options) throws SQLException {
    long told = System.nanoTime();
    int done = 0;
    for (Stretch stretch : stretches) {
      statement.execute(
          "call public.refresh_continuous_aggregate('%s', to_timestamp(%d), to_timestamp(%d)%s)"
              .formatted(relation(level), stretch.from(), stretch.to(), options));
      done++;
      if (System.nanoTime() - told > TELL_EVERY.toNanos()) {
        told = System.nanoTime();
        LOG.info("refreshing {}: {} of {} stretches", relation(level), done, stretches.size());
      }
    }
  }

  private static long realTime(int level) {
    return REAL_TIME.getOrDefault(level, Duration.ZERO).toSeconds();
  }

  private static String relation(int level) {
    return "market.candles_" + Timeframe.ofSeconds(level).text();
  }

  /** Before this, epoch seconds, the relation has lost rows. */
  private static long dropped(Statement statement, String relation) throws SQLException {
    try (ResultSet row = statement.executeQuery(DROPPED.formatted(relation))) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Where the level's source starts, epoch seconds; {@link Long#MAX_VALUE} if it is empty. */
  private static long first(Connection connection, int level) throws SQLException {
    String source = relation(Retention.LEVELS.get(Retention.LEVELS.indexOf(level) - 1));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FIRST.formatted(source))) {
      row.next();
      long first = row.getLong(1);
      return row.wasNull() ? Long.MAX_VALUE : first;
    }
  }

  /**
   * The whole buckets in between, cut into slices that do not take too long. Before {@code first}
   * there is nothing that could take long.
   */
  static List<Stretch> slices(int level, long oldest, long first, long newest) {
    long to = newest - Math.floorMod(newest, (long) level);
    List<Stretch> slices = new ArrayList<>();
    for (long from = oldest + Math.floorMod(-oldest, (long) level); from < to; ) {
      long bucket = first - Math.floorMod(first, (long) level);
      long end = from < bucket ? bucket : from + (long) SLICE * level;
      slices.add(new Stretch(from, Math.min(end, to)));
      from = end;
    }
    return slices;
  }

  /**
   * The level's buckets that contain these (sorted) ones, with neighbours joined. None that starts
   * before {@code oldest}: refreshing over a dropped range of the source would delete candles.
   */
  static List<Stretch> stretches(List<Long> buckets, int level, long oldest, long newest) {
    List<Stretch> stretches = new ArrayList<>();
    for (long bucket : buckets) {
      long from = bucket - Math.floorMod(bucket, (long) level);
      if (from < oldest || from >= newest) {
        continue;
      }
      int last = stretches.size() - 1;
      if (last >= 0 && from <= stretches.get(last).to() + Math.max(2L * level, CLOSE)) {
        Stretch before = stretches.get(last);
        stretches.set(last, new Stretch(before.from(), Math.max(before.to(), from + level)));
      } else {
        stretches.add(new Stretch(from, from + level));
      }
    }
    return stretches;
  }
}
