package dev.candlewick.server.latest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.latest.Latest.Minute;
import dev.candlewick.server.tick.TickJson;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the newest rows are written: a trade, a quote and a candle as everywhere, or null. */
final class LatestJson {
  private LatestJson() {}

  static Buffer body(List<Latest> all, Times unit) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("latest");
          for (Latest latest : all) {
            write(json, unit, latest);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Times unit, Latest latest) throws IOException {
    json.writeStartObject();
    json.writeStringField("venue", latest.venue());
    json.writeStringField("symbol", latest.symbol());
    json.writeFieldName("trade");
    if (latest.trade() == null) {
      json.writeNull();
    } else {
      TickJson.trade(json, unit, latest.trade());
    }
    json.writeFieldName("quote");
    if (latest.quote() == null) {
      json.writeNull();
    } else {
      TickJson.quote(json, unit, latest.quote());
    }
    json.writeFieldName("candle");
    if (latest.minute() == null) {
      json.writeNull();
    } else {
      candle(json, unit, latest.minute());
    }
    json.writeEndObject();
  }

  private static void candle(JsonGenerator json, Times unit, Minute minute) throws IOException {
    json.writeStartObject();
    unit.field(json, "ts", minute.ts());
    Numbers.field(json, "open", minute.open());
    Numbers.field(json, "high", minute.high());
    Numbers.field(json, "low", minute.low());
    Numbers.field(json, "close", minute.close());
    Numbers.field(json, "volume", minute.volume());
    Numbers.field(json, "quote_volume", minute.quoteVolume());
    Numbers.field(json, "vwap", vwap(minute));
    json.writeFieldName("trades");
    if (minute.trades() == null) {
      json.writeNull();
    } else {
      json.writeNumber(minute.trades());
    }
    Numbers.field(json, "taker_buy_volume", minute.takerBuyVolume());
    // Its minute has not passed.
    json.writeBooleanField("closed", false);
    json.writeStringField("source", minute.source() == 1 ? "built" : "native");
    json.writeEndObject();
  }

  private static @Nullable Double vwap(Minute minute) {
    Double quoteVolume = minute.quoteVolume();
    return quoteVolume == null || minute.volume() == 0 ? null : quoteVolume / minute.volume();
  }
}
