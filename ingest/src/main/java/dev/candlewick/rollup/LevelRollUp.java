package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Apache edition: each longer stored timeframe from the one below it, in the minutes' transaction.
 */
final class LevelRollUp {
  private static final String UPSERT =
      """
      insert into market.candles_%1$s as c
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select p.id, to_timestamp(p.bucket), s.open, s.high, s.low, s.close, s.volume, s.quote_volume,
             s.trades, s.taker_buy_volume, s.source
      from unnest(?::int4[], ?::int8[]) as p (id, bucket)
      cross join lateral (
        select public.first(open, ts) as open, max(high) as high, min(low) as low,
               public.last(close, ts) as close, sum(volume::numeric)::float8 as volume,
               case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::float8 end as quote_volume,
               case when count(trades) = count(*) then sum(trades)::int8 end as trades,
               case when count(taker_buy_volume) = count(*)
                    then sum(taker_buy_volume::numeric)::float8 end as taker_buy_volume,
               bit_or(source) as source
        from market.candles_%2$s
        where instrument_id = p.id
          and ts >= to_timestamp(p.bucket) and ts < to_timestamp(p.bucket) + interval '%3$s seconds'
        having count(*) > 0) as s
      order by 1, 2
      on conflict (instrument_id, ts) do update
      set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
          volume = excluded.volume, quote_volume = excluded.quote_volume, trades = excluded.trades,
          taker_buy_volume = excluded.taker_buy_volume, source = excluded.source
      """;

  private LevelRollUp() {}

  static void write(Connection connection, DirtyMinutes minutes) throws SQLException {
    List<Integer> levels = Retention.LEVELS;
    for (int i = 1; i < levels.size(); i++) {
      String level = Timeframe.ofSeconds(levels.get(i)).text();
      String below = Timeframe.ofSeconds(levels.get(i - 1)).text();
      String sql = UPSERT.formatted(level, below, levels.get(i));
      try (PreparedStatement upsert = connection.prepareStatement(sql)) {
        DirtyMinutes.bind(upsert, 1, minutes.buckets(levels.get(i)));
        upsert.executeUpdate();
      }
    }
  }
}
