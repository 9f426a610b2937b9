package dev.candlewick.server.candle;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One candle as JSON. */
public final class CandleJson {
  private static final long MICROS = 1_000_000;

  private CandleJson() {}

  /** Writes the candle as an object; what is unknown is null. */
  public static void write(JsonGenerator json, Candle candle, Times unit) throws IOException {
    json.writeStartObject();
    unit.field(json, "ts", candle.ts() * MICROS);
    writePrices(json, candle);
    field(json, "volume", candle.volume());
    field(json, "quote_volume", candle.quoteVolume());
    field(json, "vwap", candle.vwap());
    json.writeFieldName("trades");
    if (candle.trades() < 0) {
      json.writeNull();
    } else {
      json.writeNumber(candle.trades());
    }
    field(json, "taker_buy_volume", candle.takerBuyVolume());
    json.writeBooleanField("closed", candle.closed());
    json.writeStringField("source", word(candle));
    if (candle.filled()) {
      json.writeBooleanField("filled", true);
    }
    json.writeEndObject();
  }

  /** As the charting library lightweight-charts takes it; a candle of nulls is only a time. */
  static void writeLightweight(JsonGenerator json, Candle candle) throws IOException {
    json.writeStartObject();
    json.writeNumberField("time", candle.ts());
    if (!Double.isNaN(candle.close())) {
      writePrices(json, candle);
      field(json, "value", candle.volume());
    }
    json.writeEndObject();
  }

  private static void writePrices(JsonGenerator json, Candle candle) throws IOException {
    field(json, "open", candle.open());
    field(json, "high", candle.high());
    field(json, "low", candle.low());
    field(json, "close", candle.close());
  }

  private static void field(JsonGenerator json, String name, double value) throws IOException {
    Numbers.field(json, name, known(value));
  }

  /** The value, null for one that is not known. */
  static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** The word for what the candle was made of, null for a filled one. */
  static @Nullable String word(Candle candle) {
    Candle.Origin origin = candle.origin();
    return origin == null ? null : origin.word();
  }
}
