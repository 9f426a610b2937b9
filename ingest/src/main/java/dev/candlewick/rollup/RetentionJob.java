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
 * Drops what is past its retention: whole chunks, and rows where those hold what is kept longer.
 * Not by TimescaleDB's policies, which the Apache edition lacks and which know nothing of marks.
 */
final class RetentionJob {
  private static final String ROLLED_UP =
      "select not exists (select from ingest.dirty where bucket < now() - make_interval(secs =>"
          + " ?))";

  private static final String DROP_CHUNKS =
      "select ingest.drop_old_chunks(?::regclass, make_interval(secs => ?))";

  private static final String DELETE_NATIVE =
      """
      delete from market.candles_native
      where ts < now() - make_interval(secs => ?) and market.timeframe_level(timeframe) = ?
      """;

  private static final String[] BOOKKEEPING = {
    "delete from ingest.idempotency where created_at < now() - interval '24 hours'",
    "delete from ingest.streams where api_key_id = -1 and last_activity < now() - interval '1 day'",
    "delete from ingest.rejects where at < now() - interval '30 days'"
  };

  private RetentionJob() {}

  /** In the caller's transaction, which holds the roll-up's lock. */
  static void run(Connection connection, Retention retention) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A reader of an old chunk must not make everybody behind this queue up.
      statement.execute("set local lock_timeout = '2s'");
      for (String delete : BOOKKEEPING) {
        statement.execute(delete);
      }
    }
    for (int level : Retention.LEVELS) {
      Duration keep = retention.candles(level);
      String timeframe = Timeframe.ofSeconds(level).text();
      deleteNative(connection, level, keep);
      dropChunks(connection, "market.candles_" + timeframe, retention.held(level));
    }
    dropChunks(connection, "market.trades", retention.trades());
    dropChunks(connection, "market.quotes", retention.quotes());
  }

  /** Rolled up first, dropped then: nothing goes while a mark as old as it waits. */
  private static void dropChunks(Connection connection, String relation, Duration keep)
      throws SQLException {
    if (keep.equals(Retention.FOR_EVER)) {
      return;
    }
    try (PreparedStatement rolledUp = connection.prepareStatement(ROLLED_UP);
        PreparedStatement drop = connection.prepareStatement(DROP_CHUNKS)) {
      rolledUp.setLong(1, keep.toSeconds());
      try (ResultSet row = rolledUp.executeQuery()) {
        if (!row.next() || !row.getBoolean(1)) {
          return;
        }
      }
      drop.setString(1, relation);
      drop.setLong(2, keep.toSeconds());
      drop.execute();
    }
  }

  private static void deleteNative(Connection connection, int level, Duration keep)
      throws SQLException {
    if (keep.equals(Retention.FOR_EVER)) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement(DELETE_NATIVE)) {
      delete.setLong(1, keep.toSeconds());
      delete.setInt(2, level);
      delete.execute();
    }
  }
}
