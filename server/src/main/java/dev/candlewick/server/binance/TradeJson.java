package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.tick.Trade;
import java.io.IOException;

/** Trades as objects. */
final class TradeJson {
  private static final int SELL = 2;
  private static final long LARGEST_MADE = (1L << 53) - 1;

  private TradeJson() {}

  /** Writes a trade. */
  @FunctionalInterface
  interface Form {
    /** {@code micros}: microseconds per unit of time. */
    void write(JsonGenerator json, Trade trade, long micros) throws IOException;
  }

  static void trade(JsonGenerator json, Trade trade, long micros) throws IOException {
    json.writeStartObject();
    id(json, "id", trade);
    json.writeStringField("price", Decimals.text(trade.price()));
    json.writeStringField("qty", Decimals.text(trade.size()));
    json.writeStringField("quoteQty", Decimals.product(trade.price(), trade.size()));
    json.writeNumberField("time", trade.ts() / micros);
    json.writeBooleanField("isBuyerMaker", buyerIsMaker(trade));
    json.writeBooleanField("isBestMatch", true);
    json.writeEndObject();
  }

  /** An aggregate of just this trade. */
  static void aggregate(JsonGenerator json, Trade trade, long micros) throws IOException {
    json.writeStartObject();
    id(json, "a", trade);
    json.writeStringField("p", Decimals.text(trade.price()));
    json.writeStringField("q", Decimals.text(trade.size()));
    id(json, "f", trade);
    id(json, "l", trade);
    json.writeNumberField("T", trade.ts() / micros);
    json.writeBooleanField("m", buyerIsMaker(trade));
    json.writeBooleanField("M", true);
    json.writeEndObject();
  }

  /**
   * Writes the venue's integer id; for any other id a stable number from 0 to 2^53-1, because
   * clients calculate with ids.
   */
  static void id(JsonGenerator json, String name, Trade trade) throws IOException {
    json.writeFieldName(name);
    if (!trade.hasIntegerId()) {
      json.writeNumber(trade.id() & LARGEST_MADE);
    } else if (trade.hasUnsignedId()) {
      json.writeNumber(Long.toUnsignedString(trade.id()));
    } else {
      json.writeNumber(trade.id());
    }
  }

  /** The taker sold. */
  static boolean buyerIsMaker(Trade trade) {
    return trade.side() == SELL;
  }
}
