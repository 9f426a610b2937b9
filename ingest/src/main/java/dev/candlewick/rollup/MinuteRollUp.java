package dev.candlewick.rollup;

import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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
   * could only be because some of them are gone. However old a mark is: no trade goes before it.
   */
  private static final String FROM_TRADES =
      UPSERT.formatted(
          "1",
          "market.built_minute",
          "c.source <> 2 and (c.source <> 1 or excluded.trades >= c.trades)");

  private static final String FROM_SUB_MINUTE =
      UPSERT.formatted("8", "market.native_minute", "c.source in (4, 8)");

  private MinuteRollUp() {}

  static void write(Connection connection, DirtyMinutes minutes) throws SQLException {
    write(connection, FROM_TRADES, minutes.traded());
    write(connection, FROM_SUB_MINUTE, minutes.subMinute());
  }

  private static void write(Connection connection, String sql, Set<Pair> pairs)
      throws SQLException {
    if (pairs.isEmpty()) {
      return;
    }
    try (PreparedStatement upsert = connection.prepareStatement(sql)) {
      DirtyMinutes.bind(upsert, 1, pairs);
      upsert.executeUpdate();
    }
  }
}
