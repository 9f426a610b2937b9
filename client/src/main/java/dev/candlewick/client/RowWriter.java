package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows from the server (NDJSON) written to a file that {@code import} accepts: each with the fields
 * that name its instrument, without derived ones. Numbers keep their digits.
 */
final class RowWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private final Kind kind;
  private final Writer out;
  private final @Nullable CsvWriter csv;
  private final UnaryOperator<String> textCell;
  private final BiConsumer<String, String> seen;
  private final Map<String, String> instrument;
  private long rows;

  /**
   * Starts CSV with a header.
   *
   * @param instrumentFields the fields before {@code ts} in each row
   * @param textCell makes a CSV cell from a text
   * @param seen receives each field and cell of the CSV
   */
  RowWriter(
      Kind kind,
      boolean isCsv,
      Writer out,
      List<String> instrumentFields,
      UnaryOperator<String> textCell,
      BiConsumer<String, String> seen) {
    this.kind = kind;
    this.out = out;
    this.textCell = textCell;
    this.seen = seen;
    this.instrument = new LinkedHashMap<>();
    csv = isCsv ? CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out) : null;
    if (csv != null) {
      csv.writeRecord(fields(kind, instrumentFields));
    }
  }

  /** All fields of a CSV row, in order. */
  static List<String> fields(Kind kind, List<String> instrumentFields) {
    List<String> fields = new ArrayList<>(instrumentFields);
    fields.add("ts");
    fields.addAll(kind.fields());
    return fields;
  }

  /** The rows that follow are of this instrument. */
  void turnTo(Map<String, String> next) {
    instrument.clear();
    instrument.putAll(next);
  }

  /** How many rows it has written. */
  long rows() {
    return rows;
  }

  /** Writes one row. */
  void write(String row) throws IOException {
    try (JsonParser in = JSON.createParser(row)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the server's answer is not NDJSON");
      }
      if (csv == null) {
        out.write(jsonLine(in));
        out.write('\n');
      } else {
        csv.writeRecord(cells(in));
      }
      rows++;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Flushes what is buffered. */
  void flush() throws IOException {
    if (csv != null) {
      csv.flush();
    }
    out.flush();
  }

  private List<String> cells(JsonParser in) throws IOException {
    Map<String, String> cells = new HashMap<>(instrument);
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      boolean words = value == JsonToken.START_ARRAY && !kind.isRecords();
      cells.put(name, words ? words(in) : text(in, name));
    }
    List<String> line = new ArrayList<>();
    instrument.values().forEach(value -> line.add(textCell.apply(value)));
    line.add(cells.getOrDefault("ts", ""));
    for (String field : kind.fields()) {
      String cell = cells.getOrDefault(field, "");
      seen.accept(field, cell);
      line.add(cell);
    }
    return line;
  }

  /** A value; for JSON its text, strings with their quotes. */
  private String text(JsonParser in, String name) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return "";
    }
    boolean json = "json".equals(kind.types().get(name)) || in.currentToken().isStructStart();
    if (!json) {
      boolean isText = in.currentToken() == JsonToken.VALUE_STRING;
      return isText ? textCell.apply(in.getText()) : in.getText();
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator copy = JSON.createGenerator(text)) {
      copy.copyCurrentStructureExact(in);
    }
    return text.toString();
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
        if (kind.derives(name) || in.currentToken() == JsonToken.VALUE_NULL) {
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
