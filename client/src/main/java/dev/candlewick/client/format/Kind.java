package dev.candlewick.client.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What rows a file holds.
 *
 * @param type the word of their messages: {@code trades}, {@code quotes}, {@code candles} or {@code
 *     records}
 * @param name the kind of records; else as {@code type}
 * @param fields of a row, in the order in which they are written; {@code ts} and what tells its
 *     instrument come before
 * @param types of the columns of records, by their names; else empty
 * @param key of records; else empty
 */
public record Kind(
    String type, String name, List<String> fields, Map<String, String> types, List<String> key) {
  /** What an answer or an archive tells beside, and the server makes itself. */
  public static final List<String> DERIVED = List.of("vwap", "source", "filled", "row_id");

  /** Trades. */
  public static final Kind TRADES = of("trades", "price", "size", "side", "id", "flags");

  /** Quotes. */
  public static final Kind QUOTES =
      of("quotes", "bid", "bid_size", "ask", "ask_size", "last", "volume_24h");

  /** Candles. */
  public static final Kind CANDLES =
      of(
          "candles",
          "open",
          "high",
          "low",
          "close",
          "volume",
          "quote_volume",
          "trades",
          "taker_buy_volume",
          "closed");

  private static Kind of(String type, String... fields) {
    return new Kind(type, type, List.of(fields), Map.of(), List.of());
  }

  /** Records of the kind, whose columns and key are these. */
  public static Kind records(String name, Map<String, String> types, List<String> key) {
    return new Kind("records", name, List.copyOf(types.keySet()), new LinkedHashMap<>(types), key);
  }

  /** Indicators over candles, which are written to files only. */
  public static Kind indicators(List<String> names) {
    return new Kind("indicators", "indicators", names, Map.of(), List.of());
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

  /** The fields that tell whose a row is: what is compared together. */
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

  /** Whether the server makes that field by itself. */
  public boolean derives(String field) {
    return !isRecords() && !type.equals("indicators") && DERIVED.contains(field);
  }

  /** How a cell of the field is written. */
  Conversion conversion(String field) {
    return switch (types.getOrDefault(field, field)) {
      case "venue", "symbol", "timeframe", "side", "text" -> Conversion.TEXT;
      case "id" -> Conversion.ID;
      case "flags" -> Conversion.WORDS;
      case "closed", "boolean" -> Conversion.TRUTH_OR_TEXT;
      case "json", "levels" -> Conversion.JSON;
      default -> Conversion.AS_WRITTEN;
    };
  }

  /** The kind as one speaks of it. */
  @Override
  public String toString() {
    return name;
  }
}
