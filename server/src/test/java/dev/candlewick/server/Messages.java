package dev.candlewick.server;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/** Messages of a feed and rows in them, as JSON text. */
final class Messages {
  /** An event time that no retention refuses: an hour ago, on the minute, in milliseconds. */
  static final long HOUR_AGO = (System.currentTimeMillis() / 60_000 - 60) * 60_000;

  private Messages() {}

  static String trades(long seq, JsonObject... rows) {
    return trades(seq, "BTCUSDT", Arrays.asList(rows));
  }

  static String trades(long seq, String symbol, List<JsonObject> rows) {
    return message("trades", seq, symbol, rows).encode();
  }

  static JsonObject message(String type, long seq, String symbol, List<JsonObject> rows) {
    return new JsonObject()
        .put("t", type)
        .put("seq", seq)
        .put("venue", "binance")
        .put("symbol", symbol)
        .put("rows", new JsonArray(rows));
  }

  static JsonObject trade(long ts, Object price, Object size) {
    return new JsonObject().put("ts", ts).put("price", price).put("size", size);
  }

  static JsonObject trade(long ts, Object price, Object size, Object id) {
    return trade(ts, price, size).put("id", id);
  }

  static JsonObject candle(long ts, Object open, Object high, Object low, Object close) {
    return new JsonObject()
        .put("ts", ts)
        .put("open", open)
        .put("high", high)
        .put("low", low)
        .put("close", close)
        .put("volume", 1);
  }

  /** A REST body: defaults beside the rows. */
  static String body(String symbol, JsonObject... rows) {
    return new JsonObject()
        .put("venue", "binance")
        .put("symbol", symbol)
        .put("rows", new JsonArray(Arrays.asList(rows)))
        .encode();
  }
}
