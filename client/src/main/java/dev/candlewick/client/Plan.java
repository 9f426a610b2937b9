package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the tables of a database become kinds, one step after the other:
 *
 * <pre>{@code
 * {"steps": [{"table": "trades", "kind": "fills", "where": "status <> 'cancelled'", "order": "id",
 *   "columns": {"ts": "timestamp:s", "bot": "strategy_id", "fill_id": "= 'f-' || id"}}]}
 * }</pre>
 *
 * <p>A column is the name of one, or {@code =} and an expression in the database's SQL, in which
 * the table is {@code t}; of a time, a colon and its unit may follow. Without an {@code order} rows
 * come as they were inserted.
 */
final class Plan {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Pattern COLUMN =
      Pattern.compile("(=?)\\s*(.*?)(?::(s|ms|us|ns|digits))?", Pattern.DOTALL);

  /**
   * One table.
   *
   * @param kind {@code trades}, {@code quotes}, {@code candles}, or a kind of record
   * @param query its rows, in order, with columns named like fields
   * @param map these columns with their units, in the form of {@code --map}
   */
  record Step(String table, String kind, String query, Map<String, String> map) {
    /** The words of a command line that name the kind. */
    List<String> words() {
      return List.of("trades", "quotes", "candles").contains(kind)
          ? List.of(kind)
          : List.of("records", kind);
    }
  }

  private Plan() {}

  /** The steps of a plan: a file, or the name of a built-in one. */
  static List<Step> read(String name) throws IOException {
    Path file = Path.of(name);
    String resource = "/plans/" + name.replaceFirst("\\.json$", "") + ".json";
    try (InputStream shipped = Plan.class.getResourceAsStream(resource)) {
      boolean own = Files.isRegularFile(file);
      if (!own && shipped == null) {
        throw new IOException(
            name
                + ": no such file, nor a plan that comes with the program:"
                + " container-bots, unified-bots, trade-journal");
      }
      try (InputStream bytes = own ? Files.newInputStream(file) : shipped;
          JsonParser in = JSON.createParser(bytes)) {
        return steps(in);
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException("plan " + name + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<Step> steps(JsonParser in) throws IOException {
    List<Step> steps = new ArrayList<>();
    in.nextToken();
    if (!"steps".equals(in.nextFieldName()) || in.nextToken() != JsonToken.START_ARRAY) {
      throw new IOException("expected {\"steps\":[...]}");
    }
    while (in.nextToken() == JsonToken.START_OBJECT) {
      steps.add(step(in));
    }
    return steps;
  }

  private static Step step(JsonParser in) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    Map<String, String> columns = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      if (!List.of("table", "kind", "where", "order", "columns").contains(field)) {
        throw new IOException("unknown field \"" + field + "\" of a step");
      }
      if (in.nextToken() == JsonToken.START_OBJECT) {
        while (in.nextToken() != JsonToken.END_OBJECT) {
          columns.put(in.currentName(), in.nextTextValue());
        }
      } else {
        words.put(field, in.getText());
      }
    }
    for (String needed : List.of("table", "kind")) {
      if (!words.containsKey(needed)) {
        throw new IOException("a step without \"" + needed + "\"");
      }
    }
    return step(words, columns);
  }

  private static Step step(Map<String, String> words, Map<String, String> columns)
      throws IOException {
    StringJoiner select = new StringJoiner(", ");
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, String> column : columns.entrySet()) {
      Matcher parts = COLUMN.matcher(String.valueOf(column.getValue()));
      if (!parts.matches() || parts.group(2).isBlank()) {
        throw new IOException("column " + column.getKey() + ": neither a name nor an expression");
      }
      boolean expression = !parts.group(1).isEmpty();
      String value = expression ? "(" + parts.group(2) + ")" : "t." + quoted(parts.group(2));
      select.add(value + " as " + quoted(column.getKey()));
      String unit = parts.group(3) == null ? "" : ":" + parts.group(3);
      map.put(column.getKey(), column.getKey() + unit);
    }
    String table = words.getOrDefault("table", "");
    String where = words.containsKey("where") ? " where " + words.get("where") : "";
    String query =
        "select %s from %s t%s order by %s"
            .formatted(select, quoted(table), where, words.getOrDefault("order", "t.rowid"));
    return new Step(table, words.getOrDefault("kind", ""), query, map);
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
