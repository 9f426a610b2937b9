package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.row.Quote;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.record.ChangeKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The statements and columns of {@code market.trades} and {@code market.quotes}. */
enum TickTable {
  /** Trades with integer ids only. */
  TRADES(
      ChangeKind.TRADES,
      "market.trades",
      "instrument_id, ts, trade_id, price, size, side, flags",
      "int8[], float8[], float8[], int2[], int2[]",
      TickTable::copyTrade,
      TickTable::tradeColumns),
  /** Trades of which some are in the order they were accepted. */
  TAKEN_TRADES(
      ChangeKind.TRADES,
      "market.trades",
      "instrument_id, ts, trade_id, price, size, side, flags, taken",
      "int8[], float8[], float8[], int2[], int2[], bytea[]",
      TickTable::copyTakenTrade,
      TickTable::takenTradeColumns),
  QUOTES(
      ChangeKind.QUOTES,
      "market.quotes",
      "instrument_id, ts, seq, bid, bid_size, ask, ask_size, last, volume_24h",
      "int8[], float8[], float8[], float8[], float8[], float8[], float8[]",
      TickTable::copyQuote,
      TickTable::quoteColumns);

  /** What the journal calls its rows. */
  final ChangeKind changeKind;

  final String relation;
  final String copySql;
  private final String insertSql;
  private final BiConsumer<CopyBuffer, Line> copyLine;
  private final Function<List<Line>, Object[]> columns;

  TickTable(
      ChangeKind changeKind,
      String relation,
      String columnNames,
      String columnTypes,
      BiConsumer<CopyBuffer, Line> copyLine,
      Function<List<Line>, Object[]> columns) {
    this.changeKind = changeKind;
    this.relation = relation;
    this.copySql = "copy " + relation + " (" + columnNames + ") from stdin (format binary)";
    this.insertSql = insertSql(relation, columnNames, columnTypes);
    this.copyLine = copyLine;
    this.columns = columns;
  }

  private static String insertSql(String table, String names, String types) {
    String id = names.split(", ")[2];
    String places = "?::int4[], ?::int8[], ?::" + types.replace(", ", ", ?::");
    return """
    insert into %s (%s)
    select instrument_id, timestamptz 'epoch' + ts * interval '1 microsecond', %s
    from unnest(%s) as v (%s)
    order by 1, 2, 3
    on conflict (instrument_id, ts, %s) do nothing
    returning instrument_id, (extract(epoch from ts) * 1000000)::bigint, %s
    """
        .formatted(table, names, names.substring(names.indexOf(id)), places, names, id, id);
  }

  void copy(CopyBuffer buffer, Line line) {
    copyLine.accept(buffer, line);
  }

  /** Inserts what is not there yet; returns the keys of what was inserted. */
  Set<Line.Key> insert(Connection connection, List<Line> lines) throws SQLException {
    Set<Line.Key> inserted = new HashSet<>();
    try (PreparedStatement insert = connection.prepareStatement(insertSql)) {
      insert.setObject(1, lines.stream().mapToInt(Line::instrumentId).toArray());
      insert.setObject(2, lines.stream().mapToLong(line -> line.row().ts()).toArray());
      insert.setObject(3, lines.stream().mapToLong(Line::id).toArray());
      Object[] rest = columns.apply(lines);
      for (int i = 0; i < rest.length; i++) {
        bind(connection, insert, i + 4, rest[i]);
      }
      try (ResultSet row = insert.executeQuery()) {
        while (row.next()) {
          inserted.add(new Line.Key(row.getInt(1), row.getLong(2), row.getLong(3)));
        }
      }
    }
    return inserted;
  }

  private static void bind(Connection connection, PreparedStatement insert, int at, Object column)
      throws SQLException {
    if (column instanceof Double[] nullable) {
      insert.setArray(at, connection.createArrayOf("float8", nullable));
    } else if (column instanceof byte[][] bytes) {
      insert.setArray(at, connection.createArrayOf("bytea", bytes));
    } else {
      insert.setObject(at, column);
    }
  }

  private static void copyTrade(CopyBuffer buffer, Line line) {
    copyTrade(buffer.row(7), line, (Trade) line.row());
  }

  private static void copyTakenTrade(CopyBuffer buffer, Line line) {
    copyTrade(buffer.row(8), line, (Trade) line.row()).nullableBytes(line.takenColumn());
  }

  private static CopyBuffer copyTrade(CopyBuffer row, Line line, Trade trade) {
    return row.int4(line.instrumentId())
        .timestamp(trade.ts())
        .int8(line.id())
        .float8(trade.price())
        .float8(trade.size())
        .int2(trade.side())
        .int2(trade.flags());
  }

  private static Object[] tradeColumns(List<Line> lines) {
    double[] prices = new double[lines.size()];
    double[] sizes = new double[lines.size()];
    short[] sides = new short[lines.size()];
    short[] flags = new short[lines.size()];
    for (int i = 0; i < lines.size(); i++) {
      Trade trade = (Trade) lines.get(i).row();
      prices[i] = trade.price();
      sizes[i] = trade.size();
      sides[i] = trade.side();
      flags[i] = trade.flags();
    }
    return new Object[] {prices, sizes, sides, flags};
  }

  private static Object[] takenTradeColumns(List<Line> lines) {
    Object[] columns = Arrays.copyOf(tradeColumns(lines), 5);
    columns[4] = lines.stream().map(Line::takenColumn).toArray(byte[][]::new);
    return columns;
  }

  private static void copyQuote(CopyBuffer buffer, Line line) {
    Quote quote = (Quote) line.row();
    buffer.row(9).int4(line.instrumentId()).timestamp(quote.ts()).int8(line.id());
    for (Double value : values(quote)) {
      buffer.nullableFloat8(value);
    }
  }

  private static Object[] quoteColumns(List<Line> lines) {
    Object[] columns = new Object[6];
    for (int column = 0; column < columns.length; column++) {
      Double[] values = new Double[lines.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = values((Quote) lines.get(i).row())[column];
      }
      columns[column] = values;
    }
    return columns;
  }

  private static @Nullable Double[] values(Quote quote) {
    return new @Nullable Double[] {
      quote.bid(), quote.bidSize(), quote.ask(), quote.askSize(), quote.last(), quote.volume24h()
    };
  }
}
