package dev.candlewick.server.latest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.candle.CandleJson;
import dev.candlewick.server.tick.TickJson;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;

/** Writes the newest rows: a trade, a quote and a candle as everywhere, or null. */
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

  /** One instrument's rows. */
  static Buffer row(Latest latest, Times unit) {
    return Json.buffer(json -> write(json, unit, latest));
  }

  /** A body of these rows. */
  static Buffer body(List<Buffer> rows) {
    Buffer body = Buffer.buffer("{\"latest\":[");
    for (int i = 0; i < rows.size(); i++) {
      body.appendString(i == 0 ? "" : ",").appendBuffer(rows.get(i));
    }
    return body.appendString("]}");
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
    if (latest.candle() == null) {
      json.writeNull();
    } else {
      CandleJson.write(json, latest.candle(), unit);
    }
    json.writeEndObject();
  }
}
