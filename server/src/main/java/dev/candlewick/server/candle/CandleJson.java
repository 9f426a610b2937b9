package dev.candlewick.server.candle;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One candle as JSON. */
public final class CandleJson {
  private static final long MICROS = 1_000_000;

  private static final SerializableString TS = new SerializedString("ts");
  private static final SerializableString TIME = new SerializedString("time");
  private static final SerializableString OPEN = new SerializedString("open");
  private static final SerializableString HIGH = new SerializedString("high");
  private static final SerializableString LOW = new SerializedString("low");
  private static final SerializableString CLOSE = new SerializedString("close");
  private static final SerializableString VALUE = new SerializedString("value");
  private static final SerializableString VOLUME = new SerializedString("volume");
  private static final SerializableString QUOTE_VOLUME = new SerializedString("quote_volume");
  private static final SerializableString VWAP = new SerializedString("vwap");
  private static final SerializableString TRADES = new SerializedString("trades");
  private static final SerializableString TAKER_BUY_VOLUME =
      new SerializedString("taker_buy_volume");
  private static final SerializableString CLOSED = new SerializedString("closed");
  private static final SerializableString SOURCE = new SerializedString("source");
  private static final SerializableString FILLED = new SerializedString("filled");

  private static final SerializableString[] WORDS =
      Stream.of(Candle.Origin.values())
          .map(origin -> new SerializedString(origin.word()))
          .toArray(SerializableString[]::new);

  private CandleJson() {}

  /** Each of these candles as an object. */
  static Json.Row rows(List<Candle> candles, Times unit) {
    return (json, i) -> write(json, candles.get(i), unit);
  }

  /** Writes the candle as an object; unknown values are null. */
  public static void write(JsonGenerator json, Candle candle, Times unit) throws IOException {
    json.writeStartObject();
    writeFields(json, candle, unit);
    json.writeEndObject();
  }

  /** The same into an object that has already been started. */
  public static void writeFields(JsonGenerator json, Candle candle, Times unit) throws IOException {
    json.writeFieldName(TS);
    unit.write(json, candle.ts() * MICROS);
    writePrices(json, candle);
    Numbers.field(json, VOLUME, candle.volume());
    Numbers.field(json, QUOTE_VOLUME, candle.quoteVolume());
    Numbers.field(json, VWAP, candle.vwap());
    json.writeFieldName(TRADES);
    if (candle.trades() < 0) {
      json.writeNull();
    } else {
      json.writeNumber(candle.trades());
    }
    Numbers.field(json, TAKER_BUY_VOLUME, candle.takerBuyVolume());
    json.writeFieldName(CLOSED);
    json.writeBoolean(candle.closed());
    json.writeFieldName(SOURCE);
    Candle.Origin origin = candle.origin();
    if (origin == null) {
      json.writeNull();
    } else {
      json.writeString(WORDS[origin.ordinal()]);
    }
    if (candle.filled()) {
      json.writeFieldName(FILLED);
      json.writeBoolean(true);
    }
  }

  /** In the form that lightweight-charts takes; a candle of nulls is only a time. */
  static void writeLightweight(JsonGenerator json, Candle candle) throws IOException {
    json.writeStartObject();
    json.writeFieldName(TIME);
    json.writeNumber(candle.ts());
    if (!Double.isNaN(candle.close())) {
      writePrices(json, candle);
      Numbers.field(json, VALUE, candle.volume());
    }
    json.writeEndObject();
  }

  private static void writePrices(JsonGenerator json, Candle candle) throws IOException {
    Numbers.field(json, OPEN, candle.open());
    Numbers.field(json, HIGH, candle.high());
    Numbers.field(json, LOW, candle.low());
    Numbers.field(json, CLOSE, candle.close());
  }

  /** The value, null if unknown. */
  static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** The word for what the candle was made from, null for a filled one. */
  static @Nullable String word(Candle candle) {
    Candle.Origin origin = candle.origin();
    return origin == null ? null : origin.word();
  }
}
