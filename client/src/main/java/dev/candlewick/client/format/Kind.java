package dev.candlewick.client.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What rows a file contains.
 *
 * @param type the word of their messages: {@code trades}, {@code quotes}, {@code candles} or {@code
 *     records}
 * @param name the kind of records; else as {@code type}
 * @param fields of a row, in the order in which they are written; {@code ts} and what tells its
 *     instrument come before
 * @param types of the columns, by their names, as a declaration says them; beside {@code id} (an
 *     integer or text) and {@code words} (a list)
 * @param key of records; else empty
 */
public record Kind(
    String type, String name, List<String> fields, Map<String, String> types, List<String> key) {
  /** Fields that an answer or an archive also has, and the server generates. */
  public static final List<String> DERIVED = List.of("vwap", "source", "filled", "row_id");

  private static final Map<String, String> SUBJECT =
      Map.of("venue", "text", "symbol", "text", "timeframe", "text");

  /** Trades. */
  public static final Kind TRADES =
      of("trades", "price number, size number, side text, id id, flags words");

  /** Quotes. */
  public static final Kind QUOTES =
      of(
          "quotes",
          "bid number, bid_size number, ask number, ask_size number, last number,"
              + " volume_24h number");

  /** Candles. */
  public static final Kind CANDLES =
      of(
          "candles",
          "open number, high number, low number, close number, volume number,"
              + " quote_volume number, trades integer, taker_buy_volume number, closed boolean");

  /** All kinds of market data, in the order in which a file is tried for them. */
  public static final List<Kind> MARKET = List.of(CANDLES, TRADES, QUOTES);

  /** {@code columns}: name and type of each, as the server declares them. */
  private static Kind of(String type, String columns) {
    Map<String, String> types = new LinkedHashMap<>(SUBJECT);
    List<String> fields = new ArrayList<>();
    for (String column : columns.split(", ")) {
      String[] parts = column.split(" ");
      fields.add(parts[0]);
      types.put(parts[0], parts[1]);
    }
    return new Kind(type, type, fields, types, List.of());
  }

  /** Records of the kind, whose columns and key are these. */
  public static Kind records(String name, Map<String, String> types, List<String> key) {
    return new Kind("records", name, List.copyOf(types.keySet()), new LinkedHashMap<>(types), key);
  }

  /** Indicators over candles, which are only written to files. */
  public static Kind indicators(List<String> names) {
    Map<String, String> types = new LinkedHashMap<>(SUBJECT);
    names.forEach(name -> types.put(name, name.equals("closed") ? "boolean" : "number"));
    return new Kind("indicators", "indicators", names, types, List.of());
  }

  /** Whether they are records. */
  public boolean isRecords() {
    return type.equals("records");
  }

  /** The fields before {@link #fields} that a row may have. */
  List<String> leading() {
    return isRecords()
        ? List.of("ts")
        : type.equals("candles")
            ? List.of("venue", "symbol", "timeframe", "ts")
            : List.of("venue", "symbol", "ts");
  }

  /** The fields that say whose a row is: such rows are compared together. */
  public List<String> subject() {
    if (!isRecords()) {
      return leading().subList(0, leading().size() - 1);
    }
    if (types.containsKey("bot")) {
      return List.of("bot");
    }
    List<String> instrument = new ArrayList<>();
    types.forEach(
        (column, type) -> {
          if (type.equals("venue") || type.equals("symbol")) {
            instrument.add(column);
          }
        });
    return instrument;
  }

  /** All fields that a row may have. */
  public List<String> all() {
    List<String> all = new ArrayList<>(leading());
    all.addAll(fields);
    return all;
  }

  /** Whether the server generates that field. */
  public boolean derives(String field) {
    return !isRecords() && !type.equals("indicators") && DERIVED.contains(field);
  }

  /** The type of a field, {@code timestamp} of {@code ts}. */
  String type(String field) {
    return types.getOrDefault(field, "timestamp");
  }

  /** How a cell of the field is written. */
  Conversion conversion(String field) {
    return switch (type(field)) {
      case "venue", "symbol", "text" -> Conversion.TEXT;
      case "id" -> Conversion.ID;
      case "words" -> Conversion.WORDS;
      case "boolean" -> Conversion.TRUTH_OR_TEXT;
      case "json", "levels" -> Conversion.JSON;
      default -> Conversion.AS_WRITTEN;
    };
  }

  /** The kind as written in sentences. */
  @Override
  public String toString() {
    return name;
  }
}
