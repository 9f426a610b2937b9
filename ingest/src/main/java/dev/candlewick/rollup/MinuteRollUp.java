package dev.candlewick.rollup;

import dev.candlewick.record.PartialCandle;
import dev.candlewick.rollup.DirtyMinutes.Pair;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Rolls trades, and the venue's candles of less than a minute, up into {@code market.candles_1m}.
 * How a minute is built is defined by SQL functions; this class only decides which candle may
 * replace which.
 */
final class MinuteRollUp {
  /** Parameters: runs of minutes. */
  private static final String UPSERT =
      """
      insert into market.candles_1m as c
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select r.id, m.*, %s
      from unnest(?::int4[], ?::int8[], ?::int8[]) as r (id, start, stop)
      cross join lateral market.%s_buckets(
        r.id, to_timestamp(r.start), to_timestamp(r.stop), interval '1 minute'%s,
        to_timestamp(?), to_timestamp(?)) as m
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
   * The venue's closed candle stays. A built one is never replaced by one of fewer trades: that
   * could only mean some of them are gone. This holds however old a mark is: no trade is dropped
   * before it.
   */
  static final String FROM_TRADES =
      UPSERT.formatted(
          "1", "built", "", "c.source <> 2 and (c.source <> 1 or excluded.trades >= c.trades)");

  private static final String FINER =
      ", array['1s', '2s', '3s', '4s', '5s', '6s', '10s', '12s', '15s', '20s', '30s']";

  private static final String FROM_SUB_MINUTE =
      UPSERT.formatted("8", "native", FINER, "c.source in (4, 8)");

  /**
   * The marks' summary is the minute if it has no candle yet and exactly as many trades: none came
   * before, and none is missing.
   */
  private static final String FROM_PARTIALS =
      """
      insert into market.candles_1m
        (instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source)
      select p.id, to_timestamp(p.minute), p.open, p.high, p.low, p.close, p.volume, p.quote_volume,
             p.trades, nullif(p.taker_buy_volume, 'nan'), 1
      from unnest(?::int4[], ?::int8[], ?::int8[], ?::float8[], ?::float8[], ?::float8[], ?::float8[],
                  ?::float8[], ?::float8[], ?::float8[])
        as p (id, minute, trades, open, high, low, close, volume, quote_volume, taker_buy_volume)
      where p.trades = (
        select count(*) from market.trades t
        where t.instrument_id = p.id and t.ts >= to_timestamp(p.minute)
          and t.ts < to_timestamp(p.minute) + interval '1 minute'
          and t.ts >= to_timestamp(?) and t.ts < to_timestamp(?) + interval '1 minute'
          and t.flags & 32 <> 32)
      order by 1, 2
      on conflict (instrument_id, ts) do nothing
      returning instrument_id, (extract(epoch from ts))::int8
      """;

  private static final List<ToDoubleFunction<PartialCandle>> COLUMNS =
      List.of(
          PartialCandle::open,
          PartialCandle::high,
          PartialCandle::low,
          PartialCandle::close,
          PartialCandle::volume,
          PartialCandle::quoteVolume,
          PartialCandle::takerBuyVolume);

  private MinuteRollUp() {}

  static void write(Connection connection, DirtyMinutes minutes) throws SQLException {
    Set<Pair> unread = new TreeSet<>(minutes.traded());
    unread.removeAll(writePartials(connection, minutes));
    write(connection, FROM_TRADES, unread);
    write(connection, FROM_SUB_MINUTE, minutes.subMinute());
  }

  /** Day by day, so that a run looks only at as many chunks as a day has. */
  private static void write(Connection connection, String sql, Set<Pair> pairs)
      throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(sql)) {
      for (List<Run> runs : Run.byPeriod(pairs, 60, DayMarks.DAY).values()) {
        Run.bind(upsert, 1, Run.joined(connection, "1m", runs));
        upsert.executeUpdate();
      }
    }
  }

  /** The minutes built from the marks' summaries; day by day as well. */
  private static Set<Pair> writePartials(Connection connection, DirtyMinutes minutes)
      throws SQLException {
    TreeMap<Long, TreeMap<Pair, PartialCandle>> days = new TreeMap<>();
    for (Pair pair : minutes.traded()) {
      PartialCandle partial = minutes.partial(pair);
      if (partial != null && partial.isPriced()) {
        days.computeIfAbsent(Math.floorDiv(pair.minute(), DayMarks.DAY), day -> new TreeMap<>())
            .put(pair, partial);
      }
    }
    Set<Pair> written = new TreeSet<>();
    try (PreparedStatement insert = connection.prepareStatement(FROM_PARTIALS)) {
      for (TreeMap<Pair, PartialCandle> day : days.values()) {
        bind(insert, day);
        try (ResultSet row = insert.executeQuery()) {
          while (row.next()) {
            written.add(new Pair(row.getInt(1), row.getLong(2)));
          }
        }
      }
    }
    return written;
  }

  private static void bind(PreparedStatement insert, TreeMap<Pair, PartialCandle> told)
      throws SQLException {
    Collection<PartialCandle> partials = told.values();
    insert.setObject(1, told.keySet().stream().mapToInt(Pair::instrumentId).toArray());
    insert.setObject(2, told.keySet().stream().mapToLong(Pair::minute).toArray());
    insert.setObject(3, partials.stream().mapToLong(PartialCandle::trades).toArray());
    int at = 4;
    for (ToDoubleFunction<PartialCandle> column : COLUMNS) {
      insert.setObject(at++, partials.stream().mapToDouble(column).toArray());
    }
    insert.setLong(at++, told.keySet().stream().mapToLong(Pair::minute).min().orElse(0));
    insert.setLong(at, told.keySet().stream().mapToLong(Pair::minute).max().orElse(0));
  }
}
