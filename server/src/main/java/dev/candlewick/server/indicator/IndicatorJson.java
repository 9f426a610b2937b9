package dev.candlewick.server.indicator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.candlewick.server.web.Numbers;
import dev.candlewick.server.web.Times;
import java.io.IOException;
import java.util.List;

/** Rows of some columns as JSON. */
public final class IndicatorJson {
  private static final long MICROS = 1_000_000;
  private static final SerializableString TS = new SerializedString("ts");
  private static final SerializableString TIME = new SerializedString("time");
  private static final SerializableString CLOSE = new SerializedString("close");
  private static final SerializableString VALUE = new SerializedString("value");
  private static final SerializableString CLOSED = new SerializedString("closed");

  private final SerializableString[] columns;

  /** For values in this order. */
  public IndicatorJson(List<String> columns) {
    this.columns = columns.stream().map(SerializedString::new).toArray(SerializableString[]::new);
  }

  /** Writes the row as an object; null if there is no value yet. */
  public void write(JsonGenerator json, IndicatorRow row, Times unit) throws IOException {
    json.writeStartObject();
    json.writeFieldName(TS);
    unit.write(json, row.ts() * MICROS);
    Numbers.field(json, CLOSE, row.close());
    json.writeFieldName(CLOSED);
    json.writeBoolean(row.closed());
    writeValues(json, row);
    json.writeEndObject();
  }

  /** In the form that lightweight-charts takes. */
  void writeLightweight(JsonGenerator json, IndicatorRow row) throws IOException {
    json.writeStartObject();
    json.writeFieldName(TIME);
    json.writeNumber(row.ts());
    Numbers.field(json, VALUE, row.close());
    writeValues(json, row);
    json.writeEndObject();
  }

  private void writeValues(JsonGenerator json, IndicatorRow row) throws IOException {
    for (int i = 0; i < columns.length; i++) {
      Numbers.field(json, columns[i], row.values()[i]);
    }
  }
}
