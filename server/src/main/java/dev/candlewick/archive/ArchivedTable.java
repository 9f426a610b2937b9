package dev.candlewick.archive;

import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.record.MarketColumn;
import dev.candlewick.record.MarketColumn.Use;
import dev.candlewick.record.MarketKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A relation that retention drops from, and the form of its rows in the archive.
 *
 * @param relation its name in the database
 * @param kind the folder, and the table one reads: {@code trades}, {@code quotes}, {@code candles}
 *     or a kind of record
 * @param hasInstrument whether files are partitioned by venue and symbol
 * @param columns of a file, in order
 * @param from what follows FROM, with the relation as {@code t} and its instrument as {@code i}
 * @param where which rows go into the files; the others are not visible to anyone
 * @param order of the rows, the instrument first
 */
record ArchivedTable(
    String relation,
    String kind,
    boolean hasInstrument,
    List<ArchivedColumn> columns,
    String from,
    String where,
    String order) {
  private static final String NATIVE = "market.candles_native";

  private static final String INSTRUMENT =
      " t left join market.instruments i on i.id = t.instrument_id";

  static ArchivedTable trades() {
    List<ArchivedColumn> columns =
        columns(
            MarketKind.TRADES,
            Map.of(
                "side",
                "case t.side when 1 then 'buy' when 2 then 'sell' end",
                "id",
                "market.trade_id_text(t.trade_id, t.taken, t.flags)",
                "flags",
                "nullif(concat_ws(' ', case when t.flags & 1 <> 0 then 'no_price' end,"
                    + " case when t.flags & 2 <> 0 then 'no_volume' end), '')"));
    columns.add(new ArchivedColumn("row_id", Form.INTEGER, "t.trade_id"));
    return new ArchivedTable(
        "market.trades",
        MarketKind.TRADES.word(),
        true,
        columns,
        "market.trades" + INSTRUMENT,
        "t.flags & 32 <> 32",
        "t.instrument_id, t.ts, t.trade_id");
  }

  static ArchivedTable quotes() {
    List<ArchivedColumn> columns = columns(MarketKind.QUOTES, Map.of());
    columns.add(new ArchivedColumn("row_id", Form.INTEGER, "t.seq"));
    return new ArchivedTable(
        "market.quotes",
        MarketKind.QUOTES.word(),
        true,
        columns,
        "market.quotes" + INSTRUMENT,
        "true",
        "t.instrument_id, t.ts, t.seq");
  }

  /** Candles of a stored timeframe. */
  static ArchivedTable candles(String relation) {
    String timeframe = relation.substring("market.candles_".length());
    boolean minutes = timeframe.equals("1m");
    return candles(
        relation,
        "'" + timeframe + "'",
        minutes ? "t.source & 4 = 0" : "true",
        minutes ? "case when t.source & 6 <> 0 then 'native' else 'built' end" : "'built'",
        "true");
  }

  /** The venue's own candles in one level's timeframes. */
  static ArchivedTable nativeCandles(int level) {
    return candles(
        NATIVE,
        "t.timeframe",
        "t.closed",
        "'native'",
        "t.taken_back_at is null and market.timeframe_level(t.timeframe) = " + level);
  }

  private static ArchivedTable candles(
      String relation, String timeframe, String closed, String source, String where) {
    List<ArchivedColumn> columns =
        columns(
            MarketKind.CANDLES, Map.of("timeframe", timeframe, "closed", closed, "source", source));
    return new ArchivedTable(
        relation,
        MarketKind.CANDLES.word(),
        true,
        columns,
        relation + INSTRUMENT,
        where,
        "t.instrument_id, t.ts, " + timeframe + " collate \"C\"");
  }

  static ArchivedTable records(Kind kind) {
    List<ArchivedColumn> columns = new ArrayList<>(List.of(time("ts")));
    for (Column column : kind.columns()) {
      if (!column.type().isInstrument()) {
        columns.add(ofRecords(column));
      }
    }
    String key = kind.sqlKey().stream().map(name -> "t." + name).collect(Collectors.joining(", "));
    String instrument = "t." + Kind.INSTRUMENT;
    return new ArchivedTable(
        kind.table(),
        kind.name(),
        kind.hasInstrument(),
        columns,
        kind.table()
            + " t"
            + (kind.hasInstrument()
                ? " left join market.instruments i on i.id = " + instrument
                : ""),
        "true",
        (kind.hasInstrument() ? instrument + ", " : "") + "t.ts, " + key);
  }

  /**
   * The declared columns, {@code ts} after the subject: values as the table has them, those that
   * are {@code made} by SQL as it says; of the others only these.
   */
  private static List<ArchivedColumn> columns(MarketKind kind, Map<String, String> made) {
    List<ArchivedColumn> subject = new ArrayList<>();
    List<ArchivedColumn> values = new ArrayList<>();
    for (MarketColumn column : kind.columns()) {
      String name = column.name();
      if (column.use() == Use.VALUE || made.containsKey(name)) {
        Form form = column.isList() ? Form.WORDS : form(column.type());
        (column.use() == Use.SUBJECT ? subject : values)
            .add(new ArchivedColumn(name, form, made.getOrDefault(name, "t." + name)));
      }
    }
    subject.add(time("ts"));
    subject.addAll(values);
    return subject;
  }

  private static ArchivedColumn ofRecords(Column column) {
    String value = "t." + column.sqlName();
    Form form = form(column.type());
    return new ArchivedColumn(column.name(), form, form == Form.TIME ? micros(value) : value);
  }

  private static Form form(ColumnType type) {
    return switch (type) {
      case TEXT, JSON, LEVELS, VENUE, SYMBOL -> Form.TEXT;
      case INTEGER -> Form.INTEGER;
      case NUMBER -> Form.NUMBER;
      case DECIMAL -> Form.DECIMAL;
      case BOOLEAN -> Form.BOOLEAN;
      case TIMESTAMP -> Form.TIME;
    };
  }

  private static ArchivedColumn time(String name) {
    return new ArchivedColumn(name, Form.TIME, micros("t." + name));
  }

  private static String micros(String value) {
    return "(extract(epoch from " + value + ") * 1000000)::int8";
  }

  /** Rows of a day as CSV without a header; venue and symbol first, if there are any. */
  String copy(String day) {
    String values = columns.stream().map(ArchivedColumn::sql).collect(Collectors.joining(", "));
    return "copy (select %s%s from %s where %s order by %s) to stdout (format csv)"
        .formatted(hasInstrument ? "i.venue, i.symbol, " : "", values, from, rowsOf(day), order);
  }

  /** How many rows {@link #copy} returns. */
  String count(String day) {
    return "select count(*) from %s t where %s".formatted(relation, rowsOf(day));
  }

  private String rowsOf(String day) {
    return "t.ts >= '%1$s' and t.ts < timestamptz '%1$s' + interval '24 hours' and %2$s"
        .formatted(day + "T00:00:00Z", where);
  }
}
