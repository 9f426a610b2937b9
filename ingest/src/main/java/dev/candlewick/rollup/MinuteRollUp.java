package dev.candlewick.rollup;

import dev.candlewick.Retention;
import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * Trades, and the venue's candles of less than a minute, to {@code market.candles_1m}. How a minute
 * is built stands in the SQL functions; here only which candle may replace which.
 */
final class MinuteRollUp {
  private static final String UPSERT =
      """
      insert into market.candles_1m as c
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select p.id, to_timestamp(p.minute), m.open, m.high, m.low, m.close, m.volume, m.quote_volume,
             m.trades, m.taker_buy_volume, %s
      from unnest(?::int4[], ?::int8[]) as p (id, minute)
      cross join lateral %s(p.id, to_timestamp(p.minute)) as m
      where p.minute >= ?
      order by 1, 2
      on conflict (instrument_id, ts) do update
      set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
          volume = excluded.volume, quote_volume = excluded.quote_volume, trades = excluded.trades,
          taker_buy_volume = excluded.taker_buy_volume, source = excluded.source
      where %s
        and (c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source)
          is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
            excluded.quote_volume, excluded.trades, excluded.taker_buy_volume, excluded.source)
      """;

  /**
   * The venue's closed candle stands. A built one is never replaced by one of fewer trades: that
   * could only be because some of them are gone.
   */
  private static final String FROM_TRADES =
      UPSERT.formatted(
          "1",
          "market.built_minute",
          "c.source <> 2 and (c.source <> 1 or excluded.trades >= c.trades)");

  private static final String FROM_SUB_MINUTE =
      UPSERT.formatted("8", "market.native_minute", "c.source in (4, 8)");

  private MinuteRollUp() {}

  static void write(Connection connection, DirtyMinutes minutes, Retention retention)
      throws SQLException {
    write(connection, FROM_TRADES, minutes.traded(), oldest(retention.trades()));
    write(connection, FROM_SUB_MINUTE, minutes.subMinute(), 0);
  }

  /** Before this, epoch seconds, trades may be dropped already and nothing is built from them. */
  private static long oldest(Duration keep) {
    return keep.equals(Retention.FOR_EVER)
        ? 0
        : System.currentTimeMillis() / 1_000 - keep.toSeconds();
  }

  private static void write(Connection connection, String sql, Set<Pair> pairs, long oldest)
      throws SQLException {
    if (pairs.isEmpty()) {
      return;
    }
    try (PreparedStatement upsert = connection.prepareStatement(sql)) {
      DirtyMinutes.bind(upsert, 1, pairs);
      upsert.setLong(3, oldest);
      upsert.executeUpdate();
    }
  }
}
