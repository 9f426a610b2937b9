package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of rows in messages of so many rows: CSV with a header of the API's field names, else
 * NDJSON, as {@code POST /v1/trades|quotes|candles} take them. Only the form is looked at: values
 * go to the server as they are. What is derived of a candle ({@code vwap, source}) is left out.
 */
final class RowMessages implements MessageReader {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final LineReader lines;
  private final Options options;
  private final @Nullable List<String> header;

  /**
   * What decides how a file becomes messages.
   *
   * @param defaults {@code venue}, {@code symbol}, {@code timeframe}, {@code unit} of rows that do
   *     not say it, as JSON fields
   * @param batch rows per message, from 1
   */
  record Options(RowKind kind, List<String> defaults, int batch) {}

  /** Opens a file and reads its header, if it is CSV by its name. */
  RowMessages(Path file, Options options) throws IOException {
    this.options = options;
    this.lines = new LineReader(file);
    boolean csv = String.valueOf(file.getFileName()).matches(".*\\.csv(\\.gz)?");
    try {
      this.header = csv ? header() : null;
    } catch (IOException e) {
      lines.close();
      throw e;
    }
  }

  private List<String> header() throws IOException {
    String first = lines.next();
    if (first == null) {
      throw lines.wrong("no header");
    }
    List<String> names = cells(first);
    for (String name : names) {
      boolean known = options.kind().takes(name) || RowKind.DERIVED.contains(name);
      if (!known || names.indexOf(name) != names.lastIndexOf(name)) {
        throw lines.wrong(
            "column \"" + name + "\": not a field of " + options.kind() + ", or twice");
      }
    }
    return names;
  }

  private List<String> cells(String line) throws IOException {
    try {
      return CsvLine.cells(line);
    } catch (IllegalArgumentException e) {
      throw lines.wrong(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public @Nullable RecordedMessage next() throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (!line.isBlank()) {
        rows.add(header == null ? json(line) : json(header, cells(line)));
      }
      if (rows.size() == options.batch()) {
        break;
      }
    }
    return rows.isEmpty()
        ? null
        : new RecordedMessage(
            TickMessage.ofRows(options.kind().word(), options.defaults(), rows), 0);
  }

  @Override
  public String place(Rejection row) {
    return "row " + ((row.seq() - 1) * options.batch() + row.index() + 1);
  }

  private String json(List<String> names, List<String> cells) throws IOException {
    if (cells.size() != names.size()) {
      throw lines.wrong(cells.size() + " cells under a header of " + names.size());
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      for (int i = 0; i < cells.size(); i++) {
        if (!cells.get(i).isEmpty() && !RowKind.DERIVED.contains(names.get(i))) {
          json.writeFieldName(names.get(i));
          cell(json, names.get(i), cells.get(i));
        }
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  /** Numbers may be strings of digits on the wire; a time, a truth and flags may not. */
  private static void cell(JsonGenerator json, String name, String cell) throws IOException {
    if (name.equals("flags")) {
      String[] flags = cell.split("[ |;]+");
      json.writeArray(flags, 0, flags.length);
    } else if (name.equals("closed") && cell.matches("true|false")) {
      json.writeBoolean(cell.equals("true"));
    } else if (name.equals("ts") && cell.matches("-?(0|[1-9][0-9]{0,18})")) {
      json.writeNumber(cell);
    } else {
      json.writeString(cell);
    }
  }

  /** The same object without what is derived; numbers keep their digits. */
  private String json(String line) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonParser in = JSON.createParser(line);
        JsonGenerator json = JSON.createGenerator(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw lines.wrong("a JSON object is due");
      }
      Set<String> seen = new HashSet<>();
      json.writeStartObject();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        if (!seen.add(name)) {
          throw lines.wrong("the field " + name + " stands twice");
        }
        in.nextToken();
        if (RowKind.DERIVED.contains(name)) {
          in.skipChildren();
        } else {
          json.writeFieldName(name);
          json.copyCurrentStructureExact(in);
        }
      }
      json.writeEndObject();
      if (in.nextToken() != null) {
        throw lines.wrong("something follows the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw lines.wrong("not JSON: " + e.getOriginalMessage());
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
