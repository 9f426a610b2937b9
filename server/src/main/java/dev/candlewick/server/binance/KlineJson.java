package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.Candle;
import java.io.IOException;
import java.util.List;

/** Klines as arrays of twelve. */
final class KlineJson {
  private static final String UNKNOWN = "0";

  private KlineJson() {}

  /**
   * Writes the klines.
   *
   * @param perSecond what the times count
   */
  static void write(JsonGenerator json, List<Candle> candles, Interval interval, long perSecond)
      throws IOException {
    json.writeStartArray();
    for (Candle candle : candles) {
      json.writeStartArray();
      json.writeNumber(candle.ts() * perSecond);
      json.writeString(Decimals.text(candle.open()));
      json.writeString(Decimals.text(candle.high()));
      json.writeString(Decimals.text(candle.low()));
      json.writeString(Decimals.text(candle.close()));
      json.writeString(Decimals.text(candle.volume()));
      json.writeNumber(interval.end(candle.ts()) * perSecond - 1);
      json.writeString(Decimals.text(candle.quoteVolume()));
      json.writeNumber(Math.max(0, candle.trades()));
      json.writeString(Decimals.text(candle.takerBuyVolume()));
      json.writeString(UNKNOWN);
      json.writeString(UNKNOWN);
      json.writeEndArray();
    }
    json.writeEndArray();
  }
}
