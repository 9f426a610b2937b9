package dev.candlewick.client;

import java.util.List;
import java.util.Locale;

/** What a file of rows holds, and the fields of a row in the order in which they are written. */
enum RowKind {
  TRADES("price", "size", "side", "id", "flags"),
  QUOTES("bid", "bid_size", "ask", "ask_size", "last", "volume_24h"),
  CANDLES(
      "open",
      "high",
      "low",
      "close",
      "volume",
      "quote_volume",
      "trades",
      "taker_buy_volume",
      "closed");

  /** What an answer tells beside, and the server makes itself. */
  static final List<String> DERIVED = List.of("vwap", "source", "filled");

  /** Of the row itself; {@code ts} and what tells its instrument come before. */
  final List<String> fields;

  RowKind(String... fields) {
    this.fields = List.of(fields);
  }

  /** Its word on the wire. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a row may have a field of that name. */
  boolean takes(String name) {
    boolean ofAll = name.equals("ts") || name.equals("venue") || name.equals("symbol");
    return ofAll || fields.contains(name) || (this == CANDLES && name.equals("timeframe"));
  }

  @Override
  public String toString() {
    return word();
  }
}
