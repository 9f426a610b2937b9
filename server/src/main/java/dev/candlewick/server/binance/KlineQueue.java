package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.Candle;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The klines of a stream, in order of time. Clients act on {@code x} = true: it is sent once per
 * kline, after which nothing more is sent about it. So a candle built from trades is held back for
 * a second after its end, until trades that were on their way are included; one that the venue
 * itself closed is not. A waiting state of a kline is replaced by a later one.
 */
final class KlineQueue implements EventQueue<Candle> {
  static final long GRACE_MILLIS = 1_000;
  private static final int NO_TRADE = -1;
  private static final String UNKNOWN = "0";

  private final String symbol;
  private final Interval interval;
  private final long perMilli;
  private final TreeMap<Long, Candle> waiting = new TreeMap<>();

  /** When the newest kline started that was sent as closed. */
  private long told = Long.MIN_VALUE;

  /** {@code perMilli}: units of time per millisecond. */
  KlineQueue(String symbol, Interval interval, long perMilli) {
    this.symbol = symbol;
    this.interval = interval;
    this.perMilli = perMilli;
  }

  /** A kline that closed earlier is not news. */
  @Override
  public void begin(List<Candle> rows) {
    for (Candle candle : rows) {
      if (candle.closed()) {
        told = candle.ts();
      }
    }
    add(rows);
  }

  @Override
  public void add(List<Candle> rows) {
    for (Candle candle : rows) {
      if (candle.filled()) {
        // It has lost all its trades: a kline cannot express that.
        waiting.remove(candle.ts());
      } else if (candle.ts() > told) {
        waiting.put(candle.ts(), candle);
      }
    }
  }

  @Override
  public int waiting() {
    return waiting.size();
  }

  @Override
  public long due() {
    if (waiting.isEmpty()) {
      return Long.MAX_VALUE;
    }
    Candle next = waiting.firstEntry().getValue();
    boolean byTheClock = next.closed() && next.origin() != Candle.Origin.NATIVE;
    return byTheClock ? interval.end(next.ts()) * 1_000 + GRACE_MILLIS : Long.MIN_VALUE;
  }

  @Override
  public void writeNext(JsonGenerator json, long now) throws IOException {
    Map.Entry<Long, Candle> next = waiting.pollFirstEntry();
    Candle candle = next.getValue();
    if (candle.closed()) {
      told = candle.ts();
    }
    json.writeStartObject();
    json.writeStringField("e", "kline");
    json.writeNumberField("E", now * perMilli);
    json.writeStringField("s", symbol);
    json.writeObjectFieldStart("k");
    write(json, candle);
    json.writeEndObject();
    json.writeEndObject();
  }

  private void write(JsonGenerator json, Candle candle) throws IOException {
    json.writeNumberField("t", candle.ts() * 1_000 * perMilli);
    json.writeNumberField("T", interval.end(candle.ts()) * 1_000 * perMilli - 1);
    json.writeStringField("s", symbol);
    json.writeStringField("i", interval.text());
    json.writeNumberField("f", NO_TRADE);
    json.writeNumberField("L", NO_TRADE);
    json.writeStringField("o", Decimals.text(candle.open()));
    json.writeStringField("c", Decimals.text(candle.close()));
    json.writeStringField("h", Decimals.text(candle.high()));
    json.writeStringField("l", Decimals.text(candle.low()));
    json.writeStringField("v", Decimals.text(candle.volume()));
    json.writeNumberField("n", Math.max(0, candle.trades()));
    json.writeBooleanField("x", candle.closed());
    json.writeStringField("q", Decimals.text(candle.quoteVolume()));
    json.writeStringField("V", Decimals.text(candle.takerBuyVolume()));
    json.writeStringField("Q", KlineJson.takerQuote(candle));
    json.writeStringField("B", UNKNOWN);
  }
}
