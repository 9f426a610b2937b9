package dev.candlewick.rollup;

import dev.candlewick.record.Retention;
import dev.candlewick.record.Timeframe;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * Apache edition: builds each longer stored timeframe from the one below it, in the minutes'
 * transaction.
 */
final class LevelRollUp {
  /** Parameters: runs of the level's buckets. */
  private static final String BUILT =
      """
      select r.id, s.*
      from unnest(?::int4[], ?::int8[], ?::int8[]) as r (id, start, stop)
      cross join lateral (
        select public.time_bucket(interval '%2$s seconds', ts) as ts,
               public.first(open, ts) as open, max(high) as high, min(low) as low,
               public.last(close, ts) as close, sum(volume::numeric)::float8 as volume,
               case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::float8 end as quote_volume,
               case when count(trades) = count(*) then sum(trades)::int8 end as trades,
               case when count(taker_buy_volume) = count(*)
                    then sum(taker_buy_volume::numeric)::float8 end as taker_buy_volume,
               bit_or(source) as source
        from market.candles_%1$s
        where instrument_id = r.id and ts >= to_timestamp(r.start) and ts < to_timestamp(r.stop)
          and ts >= to_timestamp(?) and ts < to_timestamp(?)
        group by 1) as s
      """;

  private static final String UPSERT =
      """
      insert into market.candles_%1$s as c
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      %2$s
      order by 1, 2
      on conflict (instrument_id, ts) do update
      set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
          volume = excluded.volume, quote_volume = excluded.quote_volume, trades = excluded.trades,
          taker_buy_volume = excluded.taker_buy_volume, source = excluded.source
      where c.ts >= (
        select coalesce(max(before), '-infinity') from ingest.dropped where level < %3$d) or %4$s
      """;

  private LevelRollUp() {}

  /**
   * Whether the candle {@code built} has all of c, what replaces it where some of what c was made
   * of may be gone.
   */
  static String isWhole(String built) {
    return "coalesce(%1$s.trades >= c.trades, %1$s.volume >= c.volume)".formatted(built);
  }

  static void write(Connection connection, DirtyMinutes minutes) throws SQLException {
    List<Integer> levels = Retention.LEVELS;
    for (int i = 1; i < levels.size(); i++) {
      int level = levels.get(i);
      try (PreparedStatement upsert = connection.prepareStatement(upsert(level))) {
        for (List<Run> runs : Run.byPeriod(minutes.buckets(level), level, period(level)).values()) {
          Run.bind(upsert, 1, Run.joined(connection, Timeframe.ofSeconds(level).text(), runs));
          upsert.executeUpdate();
        }
      }
    }
  }

  /** The statement for a level. */
  static String upsert(int level) {
    return UPSERT.formatted(
        Timeframe.ofSeconds(level).text(), built(level), level, isWhole("excluded"));
  }

  /** A level's candles as the level below says. */
  static String built(int level) {
    int below = Retention.LEVELS.get(Retention.LEVELS.indexOf(level) - 1);
    return BUILT.formatted(Timeframe.ofSeconds(below).text(), level).stripTrailing();
  }

  /**
   * How much of a level one statement covers, in seconds: the longer the timeframe, the fewer
   * candles there are.
   */
  static long period(int level) {
    return Math.max(DayMarks.DAY, level * 288L);
  }
}
