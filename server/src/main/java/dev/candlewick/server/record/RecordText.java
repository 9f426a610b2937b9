package dev.candlewick.server.record;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.Column;
import dev.candlewick.server.record.RecordRepository.Page;
import dev.candlewick.server.web.Csv;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes records. A row has all the requested columns, null if unknown. */
public final class RecordText {
  private RecordText() {}

  static Buffer body(RecordQuery query, Page page, @Nullable String nextCursor) {
    Times unit = query.answer().unit();
    List<Column> columns = query.columns();
    return switch (query.answer().format()) {
      case CSV -> csv(unit, columns, page.rows());
      case NDJSON -> Json.buffer(json -> rows(json, unit, columns, page.rows()));
      default ->
          Json.buffer(
              json -> {
                json.writeStartObject();
                json.writeStringField("kind", query.kind().name());
                json.writeArrayFieldStart("rows");
                rows(json, unit, columns, page.rows());
                json.writeEndArray();
                json.writeStringField("next_cursor", nextCursor);
                json.writeEndObject();
              });
    };
  }

  private static void rows(JsonGenerator json, Times unit, List<Column> columns, List<Stored> rows)
      throws IOException {
    for (Stored row : rows) {
      row(json, unit, columns, row);
    }
  }

  /** Writes a record as an object. */
  public static void row(JsonGenerator json, Times unit, List<Column> columns, Stored row)
      throws IOException {
    json.writeStartObject();
    unit.field(json, "ts", row.ts());
    for (int i = 0; i < columns.size(); i++) {
      json.writeFieldName(columns.get(i).name());
      value(json, unit, columns.get(i), row.values()[i]);
    }
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, Times unit, Column column, @Nullable Object value)
      throws IOException {
    if (value == null) {
      json.writeNull();
      return;
    }
    switch (column.type()) {
      case INTEGER -> json.writeNumber((Long) value);
      case NUMBER -> Numbers.write(json, (Double) value);
      case DECIMAL -> json.writeNumber((String) value);
      case BOOLEAN -> json.writeBoolean((Boolean) value);
      case TIMESTAMP -> unit.write(json, (Long) value);
      case JSON, LEVELS -> json.writeRawValue((String) value);
      case TEXT, VENUE, SYMBOL -> json.writeString((String) value);
    }
  }

  private static Buffer csv(Times unit, List<Column> columns, List<Stored> rows) {
    Csv csv = new Csv(Stream.concat(Stream.of("ts"), columns.stream().map(Column::name)).toList());
    for (Stored row : rows) {
      csv.time(unit, row.ts());
      for (int i = 0; i < columns.size(); i++) {
        cell(csv, unit, columns.get(i), row.values()[i]);
      }
      csv.endLine();
    }
    return csv.buffer();
  }

  private static void cell(Csv csv, Times unit, Column column, @Nullable Object value) {
    if (value == null) {
      csv.text(null);
      return;
    }
    switch (column.type()) {
      case INTEGER -> csv.integer((Long) value);
      case NUMBER -> csv.number((Double) value);
      case DECIMAL -> csv.digits((String) value);
      case BOOLEAN -> csv.truth((Boolean) value);
      case TIMESTAMP -> csv.time(unit, (Long) value);
      case JSON, LEVELS -> json(csv, (String) value);
      case TEXT, VENUE, SYMBOL -> csv.text((String) value);
    }
  }

  /**
   * The only JSON that a spreadsheet could take for a formula is a negative number, which is not
   * one.
   */
  private static void json(Csv csv, String value) {
    if (value.startsWith("-")) {
      csv.digits(value);
    } else {
      csv.text(value);
    }
  }
}
