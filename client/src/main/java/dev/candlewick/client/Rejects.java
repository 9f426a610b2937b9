package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file of rows that were rejected, by the reader or by the server: where, why, and what. */
final class Rejects implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();

  private final CsvWriter csv;

  Rejects(Path file) throws IOException {
    csv = CsvWriter.builder().build(file, StandardCharsets.UTF_8);
    csv.writeRecord("place", "field", "code", "detail", "line");
  }

  /** A line that could not be read. */
  void add(String what, String line) {
    int colon =
        what.lastIndexOf(": line ") < 0 ? 0 : what.indexOf(": ", what.lastIndexOf(": line ") + 2);
    csv.writeRecord(
        what.substring(0, Math.max(colon, 0)),
        "",
        "unreadable",
        what.substring(colon > 0 ? colon + 2 : 0),
        line);
  }

  /**
   * The rows of a file that the server rejected, in this or an earlier run: their numbers among its
   * rows, from 0.
   *
   * @param into where they are written, each with its reason; null for nowhere
   */
  static Set<Long> of(Api api, String stream, Inspection file, int batch, @Nullable Rejects into)
      throws IOException, InterruptedException {
    Map<String, String[]> refused = ask(api, stream);
    Set<Long> rows = new HashSet<>();
    if (refused.isEmpty()) {
      return rows;
    }
    long row = 0;
    try (FileMessages messages = new FileMessages(file.file(), file.options(), batch, true)) {
      long seq = 1;
      for (RecordedMessage next = messages.next(); next != null; next = messages.next(), seq++) {
        for (int index = 0; index < next.message().rows(); index++, row++) {
          String[] why = refused.get(seq + " " + index);
          if (why != null) {
            rows.add(row);
          }
          if (why != null && into != null) {
            String place = messages.place(index);
            into.csv.writeRecord(place, why[0], why[1], why[2], messages.line(index));
          }
        }
      }
    }
    return rows;
  }

  /** Field, code and detail by seq and index. */
  private static Map<String, String[]> ask(Api api, String stream)
      throws IOException, InterruptedException {
    Map<String, String[]> refused = new HashMap<>();
    String after = "0";
    while (true) {
      Map<String, String> parameters = Map.of("stream", stream, "after", after, "limit", "10000");
      int before = refused.size();
      try (JsonParser in = JSON.createParser(api.get("/v1/rejects", parameters).body())) {
        Map<String, String> row = new HashMap<>();
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          if (token.isScalarValue() && "after".equals(in.currentName())) {
            after = in.getText();
          } else if (token.isScalarValue()) {
            row.put(String.valueOf(in.currentName()), in.getText());
          } else if (token == JsonToken.END_OBJECT && row.containsKey("code")) {
            refused.put(
                row.get("seq") + " " + row.get("index"),
                new String[] {
                  row.getOrDefault("field", ""),
                  row.getOrDefault("code", ""),
                  row.getOrDefault("detail", "")
                });
            row.clear();
          }
        }
      }
      if (refused.size() == before) {
        return refused;
      }
    }
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
