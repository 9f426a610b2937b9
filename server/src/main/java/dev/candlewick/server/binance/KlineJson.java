package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.Candle;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Klines as arrays of twelve. */
final class KlineJson {
  private static final String UNKNOWN = "0";

  private KlineJson() {}

  /**
   * Writes the klines.
   *
   * @param takerQuotes the taker buy quote volume by when a kline opens
   * @param perSecond units of time per second
   */
  static void write(
      JsonGenerator json,
      List<Candle> candles,
      Map<Long, Double> takerQuotes,
      Interval interval,
      long perSecond)
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
      Double takerQuote = takerQuotes.get(candle.ts());
      json.writeString(takerQuote == null ? takerQuote(candle) : Decimals.text(takerQuote));
      json.writeString(UNKNOWN);
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  /** The taker buy quote volume, as far as a candle determines it. */
  static String takerQuote(Candle candle) {
    if (candle.takerBuyVolume() == 0) {
      return Decimals.text(0);
    }
    boolean all = candle.takerBuyVolume() == candle.volume();
    return all && !Double.isNaN(candle.quoteVolume())
        ? Decimals.text(candle.quoteVolume())
        : UNKNOWN;
  }
}
