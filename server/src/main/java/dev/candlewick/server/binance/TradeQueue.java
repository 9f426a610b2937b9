package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.tick.Trade;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The trades of a stream, in order of their commits. */
final class TradeQueue implements EventQueue<Trade> {
  private final String symbol;
  private final boolean aggregate;
  private final long micros;
  private final Deque<Trade> waiting = new ArrayDeque<>();

  /** {@code micros}: microseconds per unit of time. */
  TradeQueue(String symbol, boolean aggregate, long micros) {
    this.symbol = symbol;
    this.aggregate = aggregate;
    this.micros = micros;
  }

  /** Earlier trades are not news. */
  @Override
  public void begin(List<Trade> rows) {}

  @Override
  public void add(List<Trade> rows) {
    // No trade event can retract or change another.
    rows.stream().filter(row -> !row.isCancelled() && !row.isCorrected()).forEach(waiting::add);
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
    json.writeNumberField("E", now * 1_000 / micros);
    json.writeStringField("s", symbol);
    TradeJson.id(json, aggregate ? "a" : "t", trade);
    json.writeStringField("p", Decimals.text(trade.price()));
    json.writeStringField("q", Decimals.text(trade.size()));
    if (aggregate) {
      TradeJson.id(json, "f", trade);
      TradeJson.id(json, "l", trade);
    }
    json.writeNumberField("T", trade.ts() / micros);
    json.writeBooleanField("m", TradeJson.buyerIsMaker(trade));
    json.writeBooleanField("M", true);
    json.writeEndObject();
  }
}
