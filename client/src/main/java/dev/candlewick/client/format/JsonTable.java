package dev.candlewick.client.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON objects or arrays, one after another or in one array: each is a line of cells. */
final class JsonTable implements Table {
  private static final int LOOKED_AT = 200;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private record Line(long number, Map<String, String> cells) {}

  private final JsonParser in;
  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final Deque<Line> peeked = new ArrayDeque<>();
  private boolean inArray;
  private long line;

  JsonTable(InputStream bytes) throws IOException {
    in = FACTORY.createParser(bytes);
    while (peeked.size() < LOOKED_AT) {
      Line next = read();
      if (next == null) {
        break;
      }
      peeked.add(next);
      next.cells().keySet().forEach(name -> columns.putIfAbsent(name, columns.size()));
    }
  }

  /** Names; for arrays the numbers of their positions. */
  @Override
  public List<String> columns() {
    return List.copyOf(columns.keySet());
  }

  @Override
  public List<List<String>> peek(int count) {
    List<List<String>> first = new ArrayList<>();
    for (Line held : peeked) {
      if (first.size() < count) {
        Cells cells = new Cells();
        fill(cells, held);
        first.add(cells.toList());
      }
    }
    return first;
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    Line next = peeked.poll();
    if (next == null) {
      next = read();
    }
    if (next == null) {
      return false;
    }
    line = next.number();
    fill(cells, next);
    return true;
  }

  private void fill(Cells cells, Line from) {
    cells.clear();
    columns.keySet().forEach(name -> cells.add(from.cells().getOrDefault(name, "")));
  }

  private @Nullable Line read() throws IOException {
    try {
      JsonToken token = in.nextToken();
      if (token == JsonToken.START_ARRAY && line == 0 && !inArray) {
        // Either the array around everything, or the first of many: its first character tells.
        token = in.nextToken();
        inArray = token == null || token.isStructStart() || token == JsonToken.END_ARRAY;
        if (!inArray) {
          return array(token);
        }
      }
      if (token == JsonToken.END_ARRAY && inArray) {
        token = in.nextToken();
        inArray = false;
      }
      line = in.currentTokenLocation().getLineNr();
      if (token == null) {
        return null;
      }
      if (token == JsonToken.START_ARRAY) {
        return array(in.nextToken());
      }
      if (token != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object or array");
      }
      return object();
    } catch (JsonProcessingException e) {
      line = e.getLocation() == null ? line : e.getLocation().getLineNr();
      throw new IOException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private Line array(JsonToken first) throws IOException {
    Map<String, String> cells = new LinkedHashMap<>();
    line = in.currentTokenLocation().getLineNr();
    for (JsonToken token = first; token != JsonToken.END_ARRAY; token = in.nextToken()) {
      cells.put(Integer.toString(cells.size()), text());
    }
    return new Line(line, cells);
  }

  private Line object() throws IOException {
    Map<String, String> cells = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      cells.put(name, text());
    }
    return new Line(line, cells);
  }

  private String text() throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return "";
    }
    return token.isStructStart() ? copy(in) : in.getText();
  }

  private static String copy(JsonParser in) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.copyCurrentStructureExact(in);
    }
    return text.toString();
  }

  /** A JSON value without line breaks and in ASCII. */
  static String oneLine(String json) throws FormatException {
    try (JsonParser in = FACTORY.createParser(json)) {
      if (in.nextToken() == null) {
        throw new FormatException("\"" + json + "\" is not JSON");
      }
      String text = copy(in);
      if (in.nextToken() != null) {
        throw new FormatException("\"" + json + "\" is not JSON");
      }
      return text;
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new FormatException("\"" + json + "\" is not JSON");
    }
  }

  @Override
  public long number() {
    return line;
  }

  @Override
  public String place(long number) {
    return "line " + number;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
