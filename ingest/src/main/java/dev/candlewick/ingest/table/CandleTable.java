package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Candle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The venue's own candles: one-minute ones go to {@code market.candles_1m}, next to what is built
 * from trades, every other timeframe to {@code market.candles_native}.
 */
final class CandleTable {
  private static final String UPSERT_NATIVE =
      """
      insert into market.candles_native as c
        (instrument_id, timeframe, ts, open, high, low, close, volume,
         quote_volume, trades, taker_buy_volume, closed)
      select instrument_id, timeframe, timestamptz 'epoch' + ts * interval '1 microsecond',
        open, high, low, close, volume, quote_volume, trades, taker_buy_volume, closed
      from unnest(?::int4[], ?::text[], ?::int8[], ?::float8[], ?::float8[], ?::float8[],
          ?::float8[], ?::float8[], ?::float8[], ?::int8[], ?::float8[], ?::bool[])
        as v (instrument_id, timeframe, ts, open, high, low, close, volume,
          quote_volume, trades, taker_buy_volume, closed)
      order by 1, 2, 3
      on conflict (instrument_id, timeframe, ts) do update
      set (open, high, low, close, volume, quote_volume, trades, taker_buy_volume, closed) =
        row (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
          excluded.quote_volume, excluded.trades, excluded.taker_buy_volume, excluded.closed)
      where (excluded.closed or not c.closed)
        and (c.open, c.high, c.low, c.close, c.volume,
            c.quote_volume, c.trades, c.taker_buy_volume, c.closed)
          is distinct from
            (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
            excluded.quote_volume, excluded.trades, excluded.taker_buy_volume, excluded.closed)
      returning instrument_id, timeframe, (extract(epoch from ts) * 1000000)::bigint, xmax = 0
      """;

  /** {@code source} 2 marks the venue's closed minutes, 4 its forming ones, 1 built ones. */
  private static final String UPSERT_1M =
      """
      insert into market.candles_1m as c
        (instrument_id, ts, open, high, low, close, volume,
         quote_volume, trades, taker_buy_volume, source)
      select instrument_id, timestamptz 'epoch' + ts * interval '1 microsecond',
        open, high, low, close, volume, quote_volume, trades, taker_buy_volume,
        case when closed then 2 else 4 end
      from unnest(?::int4[], ?::text[], ?::int8[], ?::float8[], ?::float8[], ?::float8[],
          ?::float8[], ?::float8[], ?::float8[], ?::int8[], ?::float8[], ?::bool[])
        as v (instrument_id, timeframe, ts, open, high, low, close, volume,
          quote_volume, trades, taker_buy_volume, closed)
      order by 1, 2
      on conflict (instrument_id, ts) do update
      set (open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source) =
        row (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
          excluded.quote_volume, excluded.trades, excluded.taker_buy_volume, excluded.source)
      where (excluded.source = 2 or c.source = 4)
        and (c.open, c.high, c.low, c.close, c.volume,
            c.quote_volume, c.trades, c.taker_buy_volume, c.source)
          is distinct from
            (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume,
            excluded.quote_volume, excluded.trades, excluded.taker_buy_volume, excluded.source)
      returning instrument_id, '1m', (extract(epoch from ts) * 1000000)::bigint, xmax = 0
      """;

  /** A minute that is still stored stays as it is. */
  private static final String TAKE_BACK =
      """
      insert into market.candles_native as c
        (instrument_id, timeframe, ts, open, high, low, close, volume,
         quote_volume, trades, taker_buy_volume, closed, taken_back_at)
      select instrument_id, timeframe, at, open, high, low, close, volume,
        quote_volume, trades, taker_buy_volume, closed, now()
      from unnest(?::int4[], ?::text[], ?::int8[], ?::float8[], ?::float8[], ?::float8[], ?::float8[],
          ?::float8[], ?::float8[], ?::int8[], ?::float8[], ?::bool[])
        as v (instrument_id, timeframe, ts, open, high, low, close, volume,
          quote_volume, trades, taker_buy_volume, closed)
      cross join lateral (select timestamptz 'epoch' + v.ts * interval '1 microsecond' as at) t
      where not (timeframe = '1m' and exists (
        select from market.candles_1m m where m.instrument_id = v.instrument_id and m.ts = at))
      order by 1, 2, 3
      on conflict (instrument_id, timeframe, ts) do update set taken_back_at = now()
        where c.taken_back_at is not null
      returning instrument_id, timeframe, (extract(epoch from ts) * 1000000)::bigint, xmax = 0
      """;

  private CandleTable() {}

  /**
   * Brings candles back from an archive; stored ones stay, ones brought back before stay a while
   * longer.
   *
   * @return the candles that are new
   */
  static List<Line> takeBack(Connection connection, List<Line> lines) throws SQLException {
    Map<Key, Line> distinct = new LinkedHashMap<>();
    for (Line line : lines) {
      if (distinct.putIfAbsent(line.key(), line) != null) {
        line.message().duplicates++;
      }
    }
    List<Line> first = List.copyOf(distinct.values());
    Map<Key, Boolean> written = upsert(connection, TAKE_BACK, first);
    List<Line> added = new ArrayList<>();
    for (Line line : first) {
      if (written.getOrDefault(line.key(), false)) {
        line.message().inserted++;
        added.add(line);
      } else {
        line.message().duplicates++;
      }
    }
    return added;
  }

  /** A candle on its way into its table. */
  record Line(Message message, Candle candle, int instrumentId) {
    Key key() {
      return new Key(instrumentId, candle.timeframe().text(), candle.ts());
    }

    boolean isMinute() {
      return candle.timeframe().seconds() == 60;
    }
  }

  private record Key(int instrumentId, String timeframe, long ts) {}

  /**
   * Writes the candles and counts the results of each message's rows.
   *
   * @return the candles that are new or replaced another
   */
  static List<Line> upsert(Connection connection, List<Line> lines) throws SQLException {
    Map<Key, List<Line>> byKey = new LinkedHashMap<>();
    lines.forEach(line -> byKey.computeIfAbsent(line.key(), key -> new ArrayList<>()).add(line));
    List<Line> minutes = new ArrayList<>();
    List<Line> others = new ArrayList<>();
    for (List<Line> sameKey : byKey.values()) {
      Line winner = sameKey.get(0);
      for (Line next : sameKey) {
        winner = replaces(next, winner) ? next : winner;
      }
      (winner.isMinute() ? minutes : others).add(winner);
    }
    LongChunks.make(
        connection, "market.candles_1m", 7, minutes.stream().mapToLong(l -> l.candle().ts()));
    Map<Key, Boolean> written = new HashMap<>();
    written.putAll(upsert(connection, UPSERT_1M, minutes));
    written.putAll(upsert(connection, UPSERT_NATIVE, others));
    // Among the minutes, a forming one gives way to trades; queries for the venue's own candles
    // find it here.
    upsert(connection, UPSERT_NATIVE, minutes.stream().filter(l -> !l.candle().closed()).toList());
    byKey.forEach((key, sameKey) -> count(sameKey, written.get(key)));
    return Stream.concat(minutes.stream(), others.stream())
        .filter(line -> written.containsKey(line.key()))
        .toList();
  }

  /**
   * One statement cannot touch a key twice, so equal keys are merged here by the database's own
   * rule: a forming candle never replaces a closed one.
   */
  private static boolean replaces(Line next, Line held) {
    return (next.candle().closed() || !held.candle().closed())
        && !next.candle().sameValues(held.candle());
  }

  /** The database decides about the first of equal keys, {@link #replaces} about the others. */
  private static void count(List<Line> sameKey, @Nullable Boolean isNew) {
    Line held = sameKey.get(0);
    held.message().merged(isNew);
    for (Line next : sameKey.subList(1, sameKey.size())) {
      if (replaces(next, held)) {
        next.message().updated++;
        held = next;
      } else {
        next.message().duplicates++;
      }
    }
  }

  private static Map<Key, Boolean> upsert(Connection connection, String sql, List<Line> lines)
      throws SQLException {
    Map<Key, Boolean> written = new HashMap<>();
    if (lines.isEmpty()) {
      return written;
    }
    try (PreparedStatement upsert = connection.prepareStatement(sql)) {
      bind(connection, upsert, lines);
      try (ResultSet row = upsert.executeQuery()) {
        while (row.next()) {
          written.put(new Key(row.getInt(1), row.getString(2), row.getLong(3)), row.getBoolean(4));
        }
      }
    }
    return written;
  }

  private static void bind(Connection connection, PreparedStatement upsert, List<Line> lines)
      throws SQLException {
    List<Candle> candles = lines.stream().map(Line::candle).toList();
    upsert.setObject(1, lines.stream().mapToInt(Line::instrumentId).toArray());
    String[] timeframes = candles.stream().map(c -> c.timeframe().text()).toArray(String[]::new);
    upsert.setArray(2, connection.createArrayOf("text", timeframes));
    upsert.setObject(3, candles.stream().mapToLong(Candle::ts).toArray());
    upsert.setObject(4, candles.stream().mapToDouble(Candle::open).toArray());
    upsert.setObject(5, candles.stream().mapToDouble(Candle::high).toArray());
    upsert.setObject(6, candles.stream().mapToDouble(Candle::low).toArray());
    upsert.setObject(7, candles.stream().mapToDouble(Candle::close).toArray());
    upsert.setObject(8, candles.stream().mapToDouble(Candle::volume).toArray());
    upsert.setArray(9, nullable(connection, "float8", candles.stream().map(Candle::quoteVolume)));
    upsert.setArray(10, nullable(connection, "int8", candles.stream().map(Candle::trades)));
    upsert.setArray(
        11, nullable(connection, "float8", candles.stream().map(Candle::takerBuyVolume)));
    boolean[] closed = new boolean[candles.size()];
    for (int i = 0; i < closed.length; i++) {
      closed[i] = candles.get(i).closed();
    }
    upsert.setObject(12, closed);
  }

  private static java.sql.Array nullable(Connection connection, String type, Stream<?> values)
      throws SQLException {
    return connection.createArrayOf(type, values.toArray());
  }
}
