package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.tick.Trade;
import java.io.IOException;

/** Trades as objects. */
final class TradeJson {
  private static final int SELL = 2;

  private TradeJson() {}

  /** Writes a trade. */
  @FunctionalInterface
  interface Form {
    /** {@code micros} is how many microseconds the times count. */
    void write(JsonGenerator json, Trade trade, long micros) throws IOException;
  }

  static void trade(JsonGenerator json, Trade trade, long micros) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", trade.id());
    json.writeStringField("price", Decimals.text(trade.price()));
    json.writeStringField("qty", Decimals.text(trade.size()));
    json.writeStringField("quoteQty", Decimals.product(trade.price(), trade.size()));
    json.writeNumberField("time", trade.ts() / micros);
    json.writeBooleanField("isBuyerMaker", buyerIsMaker(trade));
    json.writeBooleanField("isBestMatch", true);
    json.writeEndObject();
  }

  /** An aggregate of this one trade. */
  static void aggregate(JsonGenerator json, Trade trade, long micros) throws IOException {
    json.writeStartObject();
    json.writeNumberField("a", trade.id());
    json.writeStringField("p", Decimals.text(trade.price()));
    json.writeStringField("q", Decimals.text(trade.size()));
    json.writeNumberField("f", trade.id());
    json.writeNumberField("l", trade.id());
    json.writeNumberField("T", trade.ts() / micros);
    json.writeBooleanField("m", buyerIsMaker(trade));
    json.writeBooleanField("M", true);
    json.writeEndObject();
  }

  /** The taker sold. */
  static boolean buyerIsMaker(Trade trade) {
    return trade.side() == SELL;
  }
}
