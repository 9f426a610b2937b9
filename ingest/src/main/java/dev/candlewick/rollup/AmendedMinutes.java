package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Minutes in which a trade was corrected or cancelled. Their built candles are removed before the
 * minutes are rolled up; whatever is left of their trades makes another. Each such minute is also
 * marked, so that it is read from its trades for as long as it has no candle.
 */
final class AmendedMinutes {
  private static final String TAKE =
      """
      delete from ingest.amended where minute < now() - interval '61 seconds'
      returning instrument_id, (extract(epoch from minute))::bigint
      """;

  private static final String REMOVE =
      """
      delete from market.candles_1m
      where instrument_id = ? and ts = to_timestamp(?) and source = 1
      """;

  /** The venue's forming candle, which had given way to trades that no longer exist. */
  private static final String FORMING =
      """
      insert into market.candles_1m
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, 4
      from market.candles_native
      where instrument_id = ? and ts = to_timestamp(?) and timeframe = '1m' and not closed
      on conflict (instrument_id, ts) do nothing
      """;

  private static final String SUB_MINUTE =
      "insert into ingest.dirty (level, bucket, ids) values (1, to_timestamp(?), array[?])";

  private static final String PARTS =
      """
      select from market.candles_%s
      where instrument_id = ? and ts >= to_timestamp(?) and ts < to_timestamp(?) limit 1
      """;

  private static final String EMPTY =
      "delete from market.candles_%s where instrument_id = ? and ts = to_timestamp(?)";

  private final Set<Pair> minutes = new TreeSet<>();

  private AmendedMinutes() {}

  /**
   * Takes them and removes their candles. Called after the marks were taken, so that a minute
   * amended in between does not lose both.
   */
  static AmendedMinutes take(Connection connection) throws SQLException {
    AmendedMinutes amended = new AmendedMinutes();
    try (PreparedStatement take = connection.prepareStatement(TAKE);
        ResultSet row = take.executeQuery()) {
      while (row.next()) {
        amended.minutes.add(new Pair(row.getInt(1), row.getLong(2)));
      }
    }
    amended.each(connection, REMOVE);
    return amended;
  }

  /** Once their trades are rolled up: what replaces a candle that no longer exists. */
  void replace(Connection connection) throws SQLException {
    each(connection, FORMING);
    if (!minutes.isEmpty()) {
      try (PreparedStatement mark = connection.prepareStatement(SUB_MINUTE)) {
        for (Pair minute : minutes) {
          mark.setLong(1, minute.minute());
          mark.setInt(2, minute.instrumentId());
          mark.addBatch();
        }
        mark.executeBatch();
      }
    }
  }

  private void each(Connection connection, String sql) throws SQLException {
    if (minutes.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Pair minute : minutes) {
        statement.setInt(1, minute.instrumentId());
        statement.setLong(2, minute.minute());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Apache edition: longer candles that have nothing left to be made of. */
  void removeEmptyLevels(Connection connection) throws SQLException {
    if (minutes.isEmpty()) {
      return;
    }
    List<Integer> levels = Retention.LEVELS;
    for (int i = 1; i < levels.size(); i++) {
      int seconds = levels.get(i);
      String level = Timeframe.ofSeconds(seconds).text();
      String below = Timeframe.ofSeconds(levels.get(i - 1)).text();
      try (PreparedStatement parts = connection.prepareStatement(PARTS.formatted(below));
          PreparedStatement delete = connection.prepareStatement(EMPTY.formatted(level))) {
        for (Pair minute : minutes) {
          long bucket = minute.minute() - Math.floorMod(minute.minute(), (long) seconds);
          if (!isAny(parts, minute.instrumentId(), bucket, bucket + seconds)) {
            delete.setInt(1, minute.instrumentId());
            delete.setLong(2, bucket);
            delete.executeUpdate();
          }
        }
      }
    }
  }

  private static boolean isAny(PreparedStatement parts, int instrumentId, long from, long to)
      throws SQLException {
    parts.setInt(1, instrumentId);
    parts.setLong(2, from);
    parts.setLong(3, to);
    try (ResultSet row = parts.executeQuery()) {
      return row.next();
    }
  }
}
