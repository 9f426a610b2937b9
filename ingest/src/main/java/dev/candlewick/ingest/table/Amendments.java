package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.Trade.Action;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The trades of a batch that are corrected or cancelled in it: all its rows with their keys, one
 * after another, applied to what is stored. The last one wins: a correction brings a cancelled
 * trade back; the trade itself, sent again, does not.
 */
final class Amendments {
  /** One batch with amendments at a time; the number only has to be unique among our locks. */
  private static final String LOCK = "select pg_advisory_xact_lock(740102)";

  private static final String UPSERT =
      """
      insert into market.trades
        (instrument_id, ts, trade_id, price, size, side, flags, taken)
      select instrument_id, timestamptz 'epoch' + ts * interval '1 microsecond', trade_id, price, size,
             side, flags, taken
      from unnest(?::int4[], ?::int8[], ?::int8[], ?::float8[], ?::float8[], ?::int2[], ?::int2[],
                  ?::bytea[]) as v (instrument_id, ts, trade_id, price, size, side, flags, taken)
      order by 1, 2, 3
      on conflict (instrument_id, ts, trade_id) do update
      set price = excluded.price, size = excluded.size, side = excluded.side, flags = excluded.flags
      """;

  private static final String MINUTES =
      """
      insert into ingest.amended (instrument_id, minute)
      select distinct instrument_id,
             date_trunc('minute', timestamptz 'epoch' + ts * interval '1 microsecond')
      from unnest(?::int4[], ?::int8[]) as v (instrument_id, ts)
      """;

  private final Map<Line.Key, List<Line>> lines = new LinkedHashMap<>();

  /** A trade as it is to be stored. */
  private record Amended(Line first, StoredTrade trade) {}

  private Amendments() {}

  /** Finds the keys for which a line asks for more than a plain trade. */
  static Amendments of(List<Line> trades) {
    Amendments amendments = new Amendments();
    Set<Line.Key> keys = new HashSet<>();
    for (Line line : trades) {
      if (((Trade) line.row()).action() != Action.NONE) {
        keys.add(line.key());
      }
    }
    if (!keys.isEmpty()) {
      for (Line line : trades) {
        if (keys.contains(line.key())) {
          amendments.lines.computeIfAbsent(line.key(), key -> new ArrayList<>()).add(line);
        }
      }
    }
    return amendments;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  boolean contains(Line line) {
    return lines.containsKey(line.key());
  }

  /**
   * Writes them, and counts the results of each message's rows.
   *
   * @return a line for each trade that has changed
   */
  List<Line> write(Connection connection) throws SQLException {
    try (Statement lock = connection.createStatement()) {
      lock.execute(LOCK);
    }
    Map<Line.Key, StoredTrade> stored = StoredTrade.find(connection, List.copyOf(lines.keySet()));
    List<Amended> amended = new ArrayList<>();
    for (Map.Entry<Line.Key, List<Line>> entry : lines.entrySet()) {
      Amended trade = apply(entry.getValue(), stored.get(entry.getKey()));
      if (trade != null) {
        amended.add(trade);
      }
    }
    List<Line> changed = amended.stream().map(Amended::first).toList();
    if (!changed.isEmpty()) {
      upsert(connection, amended);
      markMinutes(connection, changed);
    }
    return changed;
  }

  /** What is to be stored; null if nothing changes. */
  private static @Nullable Amended apply(List<Line> lines, @Nullable StoredTrade stored) {
    StoredTrade now = stored;
    Line first = lines.get(0);
    for (Line line : lines) {
      Trade trade = (Trade) line.row();
      StoredTrade next = next(line.message(), trade, now);
      if (now == null && next != null) {
        first = line;
      }
      now = next;
    }
    return now == null || now.equals(stored) ? null : new Amended(first, now);
  }

  private static @Nullable StoredTrade next(
      Message message, Trade trade, @Nullable StoredTrade now) {
    if (trade.action() == Action.NONE) {
      if (now == null) {
        message.inserted++;
        return StoredTrade.of(trade);
      }
      message.duplicate(!now.hasContentOf(trade));
      return now;
    }
    if (now == null && trade.action() == Action.CANCEL) {
      message.refusedByDatabase(
          new Rejection(
              trade.index(),
              Field.ID.word,
              Rejection.Code.UNKNOWN_TRADE,
              "no trade of this ts and id is known"));
      return null;
    }
    StoredTrade next =
        now != null && trade.action() == Action.CANCEL ? now.cancelled() : correct(trade, now);
    if (next.equals(now)) {
      message.duplicate(false);
    } else {
      message.updated++;
    }
    return next;
  }

  private static StoredTrade correct(Trade trade, @Nullable StoredTrade now) {
    return now != null && !now.isCancelled() && now.hasContentOf(trade)
        ? now
        : StoredTrade.of(trade).corrected();
  }

  private static void upsert(Connection connection, List<Amended> amended) throws SQLException {
    int count = amended.size();
    double[] prices = new double[count];
    double[] sizes = new double[count];
    short[] sides = new short[count];
    short[] flags = new short[count];
    for (int i = 0; i < count; i++) {
      StoredTrade trade = amended.get(i).trade();
      prices[i] = trade.price();
      sizes[i] = trade.size();
      sides[i] = trade.side();
      flags[i] = trade.flags();
    }
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      List<Line.Key> keys = amended.stream().map(one -> one.first().key()).toList();
      StoredTrade.bind(upsert, keys);
      upsert.setObject(4, prices);
      upsert.setObject(5, sizes);
      upsert.setObject(6, sides);
      upsert.setObject(7, flags);
      Object[] taken =
          amended.stream().map(one -> one.first().takenColumn()).toArray(byte[][]::new);
      upsert.setArray(8, connection.createArrayOf("bytea", taken));
      upsert.executeUpdate();
    }
  }

  private static void markMinutes(Connection connection, List<Line> changed) throws SQLException {
    try (PreparedStatement mark = connection.prepareStatement(MINUTES)) {
      mark.setObject(1, changed.stream().mapToInt(Line::instrumentId).toArray());
      mark.setObject(2, changed.stream().mapToLong(line -> line.row().ts()).toArray());
      mark.executeUpdate();
    }
  }
}
