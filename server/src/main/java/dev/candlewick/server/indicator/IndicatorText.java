package dev.candlewick.server.indicator;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Csv;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a page of indicators.
 *
 * @param timeframe as the client spelt it
 */
record IndicatorText(String timeframe, IndicatorQuery query, IndicatorPages.Page page, Times unit) {
  private static final long MICROS = 1_000_000;
  private static final int BYTES = 50;

  Buffer write(Format format) {
    List<String> columns = query.indicators().columns();
    IndicatorJson rows = new IndicatorJson(columns);
    int bytes = page.rows().size() * BYTES * (1 + columns.size());
    return switch (format) {
      case JSON -> Json.buffer(bytes, json -> writeDocument(json, rows));
      case CSV -> csv(columns);
      case NDJSON ->
          Json.buffer(
              bytes,
              json -> {
                for (IndicatorRow row : page.rows()) {
                  rows.write(json, row, unit);
                }
              });
      case LIGHTWEIGHT ->
          Json.buffer(
              bytes,
              json -> {
                json.writeStartArray();
                for (IndicatorRow row : page.rows()) {
                  rows.writeLightweight(json, row);
                }
                json.writeEndArray();
              });
    };
  }

  @Nullable String nextCursor() {
    return page.candles().nextCursor(query.candles());
  }

  private void writeDocument(JsonGenerator json, IndicatorJson rows) throws IOException {
    json.writeStartObject();
    json.writeStringField("venue", query.candles().venue());
    json.writeStringField("symbol", query.candles().symbol());
    json.writeStringField("timeframe", timeframe);
    json.writeArrayFieldStart("indicators");
    for (String text : query.indicators().texts()) {
      json.writeString(text);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("rows");
    for (IndicatorRow row : page.rows()) {
      rows.write(json, row, unit);
    }
    json.writeEndArray();
    json.writeStringField("next_cursor", nextCursor());
    json.writeEndObject();
  }

  private Buffer csv(List<String> columns) {
    List<String> header = new ArrayList<>(List.of("ts", "close", "closed"));
    header.addAll(columns);
    Csv csv = new Csv(header);
    for (IndicatorRow row : page.rows()) {
      csv.time(unit, row.ts() * MICROS).number(row.close()).truth(row.closed());
      for (double value : row.values()) {
        csv.number(Double.isNaN(value) ? null : Double.valueOf(value));
      }
      csv.endLine();
    }
    return csv.buffer();
  }
}
