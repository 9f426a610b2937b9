package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.tick.Trade;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The trades of a stream, in the order of their commits. */
final class TradeQueue implements EventQueue<Trade> {
  private static final long MILLI = 1_000;

  private final String symbol;
  private final boolean aggregate;
  private final Deque<Trade> waiting = new ArrayDeque<>();

  TradeQueue(String symbol, boolean aggregate) {
    this.symbol = symbol;
    this.aggregate = aggregate;
  }

  /** What was traded before is no news. */
  @Override
  public void begin(List<Trade> rows) {}

  @Override
  public void add(List<Trade> rows) {
    waiting.addAll(rows);
  }

  @Override
  public int waiting() {
    return waiting.size();
  }

  @Override
  public long due() {
    return waiting.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE;
  }

  @Override
  public void writeNext(JsonGenerator json, long now) throws IOException {
    Trade trade = waiting.remove();
    json.writeStartObject();
    json.writeStringField("e", aggregate ? StreamName.AGGREGATE : StreamName.TRADE);
    json.writeNumberField("E", now);
    json.writeStringField("s", symbol);
    json.writeNumberField(aggregate ? "a" : "t", trade.id());
    json.writeStringField("p", Decimals.text(trade.price()));
    json.writeStringField("q", Decimals.text(trade.size()));
    if (aggregate) {
      json.writeNumberField("f", trade.id());
      json.writeNumberField("l", trade.id());
    }
    json.writeNumberField("T", trade.ts() / MILLI);
    json.writeBooleanField("m", TradeJson.buyerIsMaker(trade));
    json.writeBooleanField("M", true);
    json.writeEndObject();
  }
}
