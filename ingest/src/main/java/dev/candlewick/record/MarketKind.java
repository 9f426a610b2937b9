package dev.candlewick.record;

import static dev.candlewick.record.ColumnType.BOOLEAN;
import static dev.candlewick.record.ColumnType.INTEGER;
import static dev.candlewick.record.ColumnType.NUMBER;
import static dev.candlewick.record.ColumnType.TEXT;

import dev.candlewick.record.MarketColumn.Use;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trades, quotes and candles: the kinds of row that have their own tables, paths and rules. Each is
 * one declaration, with the columns of a {@link Kind}; {@code ts} always exists and is not
 * declared. Code that is written out by hand for speed (decoding, COPY, JSON) is compared with it
 * by tests.
 */
public enum MarketKind {
  TRADES(
      subject("venue", ColumnType.VENUE),
      subject("symbol", ColumnType.SYMBOL),
      required("price"),
      notNegative("size", true),
      words("side", false, Use.VALUE, "buy", "sell"),
      value("id", TEXT),
      words("flags", true, Use.VALUE, "no_price", "no_volume"),
      words("action", false, Use.ACTION, "correct", "cancel")),
  QUOTES(
      subject("venue", ColumnType.VENUE),
      subject("symbol", ColumnType.SYMBOL),
      value("bid", NUMBER),
      notNegative("bid_size", false),
      value("ask", NUMBER),
      notNegative("ask_size", false),
      value("last", NUMBER),
      notNegative("volume_24h", false)),
  CANDLES(
      subject("venue", ColumnType.VENUE),
      subject("symbol", ColumnType.SYMBOL),
      subject("timeframe", TEXT),
      required("open"),
      required("high"),
      required("low"),
      required("close"),
      notNegative("volume", true),
      value("quote_volume", NUMBER),
      derived("vwap", NUMBER),
      count("trades"),
      notNegative("taker_buy_volume", false),
      value("closed", BOOLEAN),
      derived("source", TEXT));

  private final List<MarketColumn> columns;

  MarketKind(MarketColumn... columns) {
    this.columns = List.of(columns);
  }

  private static MarketColumn column(
      String name, ColumnType type, boolean required, Use use, boolean isNotNegative) {
    BigDecimal least = isNotNegative ? BigDecimal.ZERO : null;
    return new MarketColumn(new Column(name, type, required, List.of(), least, null), use, false);
  }

  private static MarketColumn subject(String name, ColumnType type) {
    return column(name, type, true, Use.SUBJECT, false);
  }

  private static MarketColumn required(String name) {
    return column(name, NUMBER, true, Use.VALUE, false);
  }

  private static MarketColumn notNegative(String name, boolean required) {
    return column(name, NUMBER, required, Use.VALUE, true);
  }

  private static MarketColumn count(String name) {
    return column(name, INTEGER, false, Use.VALUE, true);
  }

  private static MarketColumn value(String name, ColumnType type) {
    return column(name, type, false, Use.VALUE, false);
  }

  private static MarketColumn derived(String name, ColumnType type) {
    return column(name, type, false, Use.DERIVED, false);
  }

  private static MarketColumn words(String name, boolean isList, Use use, String... values) {
    Column declared = new Column(name, TEXT, false, List.of(values), null, null);
    return new MarketColumn(declared, use, isList);
  }

  /** All columns, in the order in which they are written; {@code ts} follows the subject. */
  public List<MarketColumn> columns() {
    return columns;
  }

  /** The names of the fields a row may be sent with. */
  public List<String> sent() {
    return names(Use.SUBJECT, Use.VALUE, Use.ACTION);
  }

  /** The names of the fields of a row in an answer, in order. */
  public List<String> answered() {
    return names(Use.VALUE, Use.DERIVED);
  }

  /** {@code ts} and the names of the columns with these uses. */
  private List<String> names(Use... uses) {
    List<String> names = new ArrayList<>(List.of("ts"));
    columns.stream()
        .filter(column -> Arrays.asList(uses).contains(column.use()))
        .forEach(column -> names.add(column.name()));
    return List.copyOf(names);
  }

  /** Its name on the wire, in metrics and in table names. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind with that word. */
  public static Optional<MarketKind> of(String word) {
    return Stream.of(values()).filter(kind -> kind.word().equals(word)).findAny();
  }

  /** All the words, separated by commas. */
  public static String words() {
    return Stream.of(values()).map(MarketKind::word).collect(Collectors.joining(", "));
  }
}
