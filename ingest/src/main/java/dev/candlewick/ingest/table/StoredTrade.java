package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.row.Trade;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code market.trades} stores for a trade besides its key.
 *
 * @param flags those of {@link Trade}, {@link #CANCELLED} and {@link #CORRECTED}
 */
record StoredTrade(double price, double size, short side, short flags) {
  /** In no candle and no answer; its row stays, so that the trade is recognised if sent again. */
  static final int CANCELLED = 32;

  static final int CORRECTED = 64;

  private static final int CONTENT = Trade.NO_PRICE | Trade.NO_VOLUME;

  private static final String FIND =
      """
      select t.instrument_id, k.ts, t.trade_id, t.price, t.size, t.side, t.flags
      from unnest(?::int4[], ?::int8[], ?::int8[]) as k (id, ts, trade_id)
      join market.trades t on t.instrument_id = k.id
        and t.ts = timestamptz 'epoch' + k.ts * interval '1 microsecond' and t.trade_id = k.trade_id
      where t.ts >= timestamptz 'epoch' + ? * interval '1 microsecond'
        and t.ts <= timestamptz 'epoch' + ? * interval '1 microsecond'
      """;

  static StoredTrade of(Trade trade) {
    return new StoredTrade(trade.price(), trade.size(), trade.side(), trade.flags());
  }

  boolean hasContentOf(Trade trade) {
    return price == trade.price()
        && size == trade.size()
        && side == trade.side()
        && (flags & CONTENT) == (trade.flags() & CONTENT);
  }

  boolean isCancelled() {
    return (flags & CANCELLED) != 0;
  }

  StoredTrade cancelled() {
    return new StoredTrade(price, size, side, (short) (flags | CANCELLED));
  }

  StoredTrade corrected() {
    return new StoredTrade(price, size, side, (short) (flags | CORRECTED));
  }

  /** Counts rows whose keys are already stored: duplicates, and those with different content. */
  static void countKnown(Connection connection, List<Line> lines) throws SQLException {
    List<Line.Key> trades =
        lines.stream().filter(line -> line.row() instanceof Trade).map(Line::key).toList();
    Map<Line.Key, StoredTrade> stored = trades.isEmpty() ? Map.of() : find(connection, trades);
    for (Line line : lines) {
      StoredTrade its = stored.get(line.key());
      line.message()
          .duplicate(its != null && line.row() instanceof Trade t && !its.hasContentOf(t));
    }
  }

  /** Those of the keys that are stored. */
  static Map<Line.Key, StoredTrade> find(Connection connection, List<Line.Key> keys)
      throws SQLException {
    Map<Line.Key, StoredTrade> found = new HashMap<>();
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      bind(find, keys);
      find.setLong(4, keys.stream().mapToLong(Line.Key::ts).min().orElse(0));
      find.setLong(5, keys.stream().mapToLong(Line.Key::ts).max().orElse(0));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          found.put(
              new Line.Key(row.getInt(1), row.getLong(2), row.getLong(3)),
              new StoredTrade(
                  row.getDouble(4), row.getDouble(5), row.getShort(6), row.getShort(7)));
        }
      }
    }
    return found;
  }

  /** Binds keys as three arrays, from the first parameter on. */
  static void bind(PreparedStatement statement, List<Line.Key> keys) throws SQLException {
    statement.setObject(1, keys.stream().mapToInt(Line.Key::instrumentId).toArray());
    statement.setObject(2, keys.stream().mapToLong(Line.Key::ts).toArray());
    statement.setObject(3, keys.stream().mapToLong(Line.Key::id).toArray());
  }
}
