package dev.candlewick.server.candle;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.MarketKind;
import dev.candlewick.server.web.Csv;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a page of candles.
 *
 * @param timeframe as the client spelt it
 */
record CandleText(String timeframe, CandleQuery query, CandlePage page, Times unit) {
  private static final long MICROS = 1_000_000;

  /** Approximate size of a candle. */
  private static final int BYTES = 250;

  Buffer write(Format format) {
    List<Candle> candles = page.candles();
    return switch (format) {
      case JSON -> Json.buffer(candles.size() * BYTES, this::writeDocument);
      case CSV -> csv(candles);
      case NDJSON ->
          Json.buffer(
              candles.size() * BYTES,
              json -> {
                for (Candle candle : candles) {
                  CandleJson.write(json, candle, unit);
                }
              });
      case LIGHTWEIGHT ->
          Json.buffer(
              candles.size() * BYTES,
              json -> {
                json.writeStartArray();
                for (Candle candle : candles) {
                  CandleJson.writeLightweight(json, candle);
                }
                json.writeEndArray();
              });
    };
  }

  @Nullable String nextCursor() {
    return page.nextCursor(query);
  }

  private void writeDocument(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("venue", query.venue());
    json.writeStringField("symbol", query.symbol());
    json.writeStringField("timeframe", timeframe);
    json.writeArrayFieldStart("candles");
    for (Candle candle : page.candles()) {
      CandleJson.write(json, candle, unit);
    }
    json.writeEndArray();
    json.writeStringField("next_cursor", nextCursor());
    json.writeEndObject();
  }

  private Buffer csv(List<Candle> candles) {
    Csv csv = new Csv(MarketKind.CANDLES.answered());
    for (Candle candle : candles) {
      csv.time(unit, candle.ts() * MICROS)
          .number(CandleJson.known(candle.open()))
          .number(CandleJson.known(candle.high()))
          .number(CandleJson.known(candle.low()))
          .number(CandleJson.known(candle.close()))
          .number(CandleJson.known(candle.volume()))
          .number(CandleJson.known(candle.quoteVolume()))
          .number(CandleJson.known(candle.vwap()))
          .integer(candle.trades() < 0 ? null : Long.valueOf(candle.trades()))
          .number(CandleJson.known(candle.takerBuyVolume()))
          .truth(candle.closed())
          .text(CandleJson.word(candle))
          .endLine();
    }
    return csv.buffer();
  }
}
