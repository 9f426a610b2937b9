package dev.candlewick.client.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows that are already JSON with the API's own names, one per line: used as they are. */
final class LineRows implements FileRows.Source {
  private static final int LONGEST_LINE = 1 << 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final BufferedReader lines;
  private final Kind kind;
  private final Map<String, String> defaults = new LinkedHashMap<>();
  private final String unit;
  private final StringBuilder line = new StringBuilder();
  private long number;

  LineRows(Part part, FileOptions options) throws IOException {
    kind = options.kind();
    unit = options.unit();
    FileOptions.Given given = options.given();
    if (!kind.isRecords()) {
      put("venue", given.venue());
      put("symbol", given.symbol());
      put("timeframe", given.timeframe());
    }
    lines =
        new BufferedReader(
            new InputStreamReader(part.open(), StandardCharsets.UTF_8.newDecoder()), 1 << 16);
  }

  /** Whether the first line is not another system's object or array. */
  static boolean isOwn(Part part, Kind kind) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(part.open(), StandardCharsets.UTF_8))) {
      char[] begin = new char[4096];
      int length = Math.max(lines.read(begin), 0);
      String first = new String(begin, 0, length);
      return kind.isRecords()
          || !first.matches("(?s)\\s*\\[\\s*[0-9].*")
              && (first.contains("\"ts\"") || !first.contains("\"timestamp\""));
    }
  }

  private void put(String field, @Nullable String value) {
    if (value != null) {
      defaults.put(field, value);
    }
  }

  @Override
  public boolean next(StringBuilder json) throws IOException {
    while (readLine()) {
      if (!line.toString().isBlank()) {
        json.append(row(line.toString()));
        return true;
      }
    }
    return false;
  }

  private boolean readLine() throws IOException {
    number++;
    line.setLength(0);
    int c = read();
    if (c < 0) {
      return false;
    }
    for (; c >= 0 && c != '\n'; c = read()) {
      if (line.length() == LONGEST_LINE) {
        throw new IOException("longer than " + LONGEST_LINE + " characters");
      }
      if (c != '\uFEFF' || number > 1 || !line.isEmpty()) {
        line.append((char) c);
      }
    }
    return true;
  }

  private int read() throws IOException {
    try {
      return lines.read();
    } catch (CharacterCodingException e) {
      throw new IOException("not UTF-8", e);
    }
  }

  /** The same object without derived fields; numbers keep their digits. */
  private String row(String text) throws IOException {
    StringWriter row = new StringWriter();
    try (JsonParser in = JSON.createParser(text);
        JsonGenerator json = JSON.createGenerator(row)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new FormatException("a JSON object is required");
      }
      Set<String> seen = new HashSet<>();
      json.writeStartObject();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        if (!seen.add(name)) {
          throw new FormatException("duplicate field " + name);
        }
        in.nextToken();
        if (kind.derives(name)) {
          in.skipChildren();
        } else {
          json.writeFieldName(name);
          json.copyCurrentStructureExact(in);
        }
      }
      json.writeEndObject();
      if (in.nextToken() != null) {
        throw new FormatException("unexpected text after the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw new FormatException("not JSON: " + e.getOriginalMessage());
    }
    return row.toString();
  }

  @Override
  public String place() {
    return "line " + number;
  }

  @Override
  public Map<String, String> defaults() {
    return defaults;
  }

  @Override
  public String unit() {
    return unit;
  }

  @Override
  public long skipped() {
    return 0;
  }

  @Override
  public String line() {
    return line.toString();
  }

  @Override
  public boolean isLater(StringBuilder json, Ascending than) {
    return false;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
