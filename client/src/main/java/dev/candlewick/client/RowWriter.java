package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows as the server answers them (NDJSON) written to a file that {@code import} takes: each with
 * what tells its instrument, without what is derived. Numbers keep their digits.
 */
final class RowWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private final RowKind kind;
  private final boolean csv;
  private final Writer out;
  private final Map<String, String> instrument;
  private long rows;

  /** {@code instrument}: the fields before {@code ts} in each row; begins CSV with a header. */
  RowWriter(RowKind kind, boolean csv, Writer out, List<String> instrumentFields)
      throws IOException {
    this.kind = kind;
    this.csv = csv;
    this.out = out;
    this.instrument = new LinkedHashMap<>();
    if (csv) {
      List<String> header = new ArrayList<>(instrumentFields);
      header.add("ts");
      header.addAll(kind.fields);
      out.write(String.join(",", header) + "\n");
    }
  }

  /** The rows that follow are of this instrument. */
  void turnTo(Map<String, String> next) {
    instrument.clear();
    instrument.putAll(next);
  }

  /** How many it has written. */
  long rows() {
    return rows;
  }

  /** Writes one row. */
  void write(String row) throws IOException {
    try (JsonParser in = JSON.createParser(row)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the server's answer is not NDJSON");
      }
      out.write(csv ? csvLine(in) : jsonLine(in));
      out.write('\n');
      rows++;
    }
  }

  private String csvLine(JsonParser in) throws IOException {
    Map<String, String> cells = new HashMap<>(instrument);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      cells.put(name, in.nextToken() == JsonToken.START_ARRAY ? words(in) : text(in));
    }
    List<String> line = new ArrayList<>(instrument.values());
    line.add(cells.getOrDefault("ts", ""));
    kind.fields.forEach(field -> line.add(cells.getOrDefault(field, "")));
    return String.join(",", line);
  }

  private static String text(JsonParser in) throws IOException {
    return in.currentToken() == JsonToken.VALUE_NULL ? "" : in.getText();
  }

  private static String words(JsonParser in) throws IOException {
    List<String> words = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      words.add(in.getText());
    }
    return String.join(" ", words);
  }

  private String jsonLine(JsonParser in) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, String> field : instrument.entrySet()) {
        json.writeStringField(field.getKey(), field.getValue());
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        if (RowKind.DERIVED.contains(name) || in.currentToken() == JsonToken.VALUE_NULL) {
          in.skipChildren();
        } else {
          json.writeFieldName(name);
          json.copyCurrentStructureExact(in);
        }
      }
      json.writeEndObject();
    }
    return text.toString();
  }
}
