package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Drops what is past its retention: whole chunks, and individual rows where a chunk also holds rows
 * that are kept longer. Not with TimescaleDB's policies, which the Apache edition lacks and which
 * know nothing of marks. If there is an archive, it only says what may go: the archive drops it.
 */
final class RetentionJob {
  private static final String TRADES = "market.trades";
  private static final String NATIVE = "market.candles_native";

  /**
   * The age, in seconds, of the oldest mark for which a relation has chunks, not counting those for
   * the Community edition's refresh: everything is refreshed before anything is dropped. Day marks
   * count from the start of the day.
   */
  private static final String OLDEST_MARK =
      """
      select ceil(extract(epoch from now() - least(
        (select min(bucket) from ingest.dirty
         where minutes is null and level <= 60 and bucket >= held.first),
        (select min(bucket) from ingest.dirty
         where minutes is not null and level <= 60 and bucket > held.first - interval '1 day'))))::int8
      from (
        select min(c.range_start) as first
        from timescaledb_information.chunks c
        left join timescaledb_information.continuous_aggregates a
          on a.materialization_hypertable_schema = c.hypertable_schema
          and a.materialization_hypertable_name = c.hypertable_name
        where coalesce(a.view_schema, c.hypertable_schema) || '.'
          || coalesce(a.view_name, c.hypertable_name) = ?) held
      """;

  private static final String DROP_CHUNKS =
      "select ingest.drop_old_chunks(?::regclass, make_interval(secs => ?))";

  private static final String KEEP_LONGER =
      """
      select ingest.keep_longer(?::int4[],
        array(select make_interval(secs => s) from unnest(?::int8[]) with ordinality k (s, at) order by at))
      """;

  private static final String DELETE_NATIVE =
      """
      delete from market.candles_native
      where ts < now() - make_interval(secs => ?) and market.timeframe_level(timeframe) = ?
        and ((taken_back_at is null and not exists (select from ingest.archiving))
             or taken_back_at < now() - interval '30 days')
      """;

  private static final String OFFER_NATIVE =
      """
      insert into ingest.archive (relation, due, level)
      select 'market.candles_native', now() - make_interval(secs => ?), ? from ingest.archiving
      on conflict (relation, level) do update set due = excluded.due
      """;

  /** What may go is stated anew each time, because retention may have been extended. */
  private static final String TAKE_OFFERS_BACK = "update ingest.archive set due = null";

  private static final String[] BOOKKEEPING = {
    "delete from ingest.idempotency where created_at < now() - interval '24 hours'",
    "delete from ingest.streams where api_key_id = -1 and last_activity < now() - interval '1 day'",
    "delete from ingest.rejects where at < now() - interval '30 days'"
  };

  private RetentionJob() {}

  /** In the caller's transaction, which holds the roll-up's lock. */
  static void run(Connection connection, Retention retention) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A reader of an old chunk must not make everyone behind this queue up.
      statement.execute("set local lock_timeout = '2s'");
      for (String delete : BOOKKEEPING) {
        statement.execute(delete);
      }
      statement.execute(TAKE_OFFERS_BACK);
    }
    for (int level : Retention.LEVELS) {
      String relation = "market.candles_" + Timeframe.ofSeconds(level).text();
      Duration keep = retention.candles(level);
      dropNative(connection, level, atLeast(oldestMark(connection, NATIVE), keep));
      dropChunks(
          connection, relation, atLeast(oldestMark(connection, relation), retention.held(level)));
    }
    dropChunks(connection, TRADES, atLeast(oldestMark(connection, TRADES), retention.trades()));
    dropChunks(connection, "market.quotes", retention.quotes());
    keepLonger(connection, retention);
    RecordRetention.run(connection);
  }

  /**
   * What came for times that were dropped when less was kept is there from now on. In the caller's
   * transaction, which rolled it up.
   */
  static void keepLonger(Connection connection, Retention retention) throws SQLException {
    Long[] seconds =
        Retention.LEVELS.stream()
            .map(retention::held)
            .map(keep -> keep.equals(Retention.FOR_EVER) ? null : keep.toSeconds())
            .toArray(Long[]::new);
    try (PreparedStatement longer = connection.prepareStatement(KEEP_LONGER)) {
      longer.setArray(1, connection.createArrayOf("int4", Retention.LEVELS.toArray()));
      longer.setArray(2, connection.createArrayOf("int8", seconds));
      longer.execute();
    }
  }

  /**
   * Rolls up first, then drops: nothing goes unless it is older than every mark on stored data. A
   * mark from before that, for example for years of candles being loaded, does not hold anything
   * back.
   */
  private static Duration atLeast(long waiting, Duration keep) {
    return keep.toSeconds() < waiting ? Duration.ofSeconds(waiting) : keep;
  }

  private static long oldestMark(Connection connection, String relation) throws SQLException {
    try (PreparedStatement oldest = connection.prepareStatement(OLDEST_MARK)) {
      oldest.setString(1, relation);
      try (ResultSet row = oldest.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static void dropChunks(Connection connection, String relation, Duration keep)
      throws SQLException {
    if (keep.equals(Retention.FOR_EVER)) {
      return;
    }
    try (PreparedStatement drop = connection.prepareStatement(DROP_CHUNKS)) {
      drop.setString(1, relation);
      drop.setLong(2, keep.toSeconds());
      drop.execute();
    }
  }

  private static void dropNative(Connection connection, int level, Duration keep)
      throws SQLException {
    if (keep.equals(Retention.FOR_EVER)) {
      return;
    }
    for (String dropping : new String[] {DELETE_NATIVE, OFFER_NATIVE}) {
      try (PreparedStatement statement = connection.prepareStatement(dropping)) {
        statement.setLong(1, keep.toSeconds());
        statement.setInt(2, level);
        statement.execute();
      }
    }
  }
}
