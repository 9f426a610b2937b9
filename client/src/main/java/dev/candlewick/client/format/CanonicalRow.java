package dev.candlewick.client.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row in a form in which equal rows have equal text, whether from a file or the server.
 *
 * @param subject whose it is: its instrument, {@code venue}, {@code symbol} and {@code timeframe}
 *     for candles; for records their bot, else their instrument; else nothing
 * @param micros its time
 * @param id what else distinguishes it from others at its time; empty for rows without an id
 * @param fields its other fields, numbers written as doubles
 */
public record CanonicalRow(
    Map<String, String> subject, long micros, String id, Map<String, String> fields) {
  private static final JsonFactory JSON = new JsonFactory();

  /** What is needed to read a row. */
  public record Reading(Kind kind, String unit, Map<String, String> defaults) {
    /** Of a file's part, whose {@code defaults} are fields of JSON. */
    public static Reading of(Kind kind, List<String> defaults) throws IOException {
      Map<String, String> fields = read("{" + String.join(",", defaults) + "}");
      String unit = fields.remove("unit");
      return new Reading(kind, unit == null ? "ms" : unit, fields);
    }
  }

  /** Reads a row of JSON. */
  public static CanonicalRow of(Reading reading, CharSequence json) throws IOException {
    Kind kind = reading.kind();
    Map<String, String> fields = new TreeMap<>(reading.defaults());
    fields.putAll(read(json.toString()));
    fields.values().removeIf(String::isEmpty);
    Times times = new Times(reading.unit(), ZoneOffset.UTC);
    long micros = micros(times, fields.getOrDefault("ts", ""));
    fields.remove("ts");
    fields.keySet().removeIf(kind::derives);
    fields.remove("flags", "[]");
    Map<String, String> subject = new LinkedHashMap<>();
    for (String name : kind.subject()) {
      String value = kind.isRecords() ? fields.get(name) : fields.remove(name);
      subject.put(name, value == null ? "" : value);
    }
    fields.replaceAll((name, value) -> canonical(kind, times, name, value));
    return new CanonicalRow(subject, micros, id(kind, fields), fields);
  }

  private static String id(Kind kind, Map<String, String> fields) {
    if (kind.type().equals("trades")) {
      return fields.getOrDefault("id", "");
    }
    StringBuilder key = new StringBuilder();
    kind.key().forEach(column -> key.append(fields.getOrDefault(column, "")).append('\t'));
    return key.toString();
  }

  private static long micros(Times times, String text) throws FormatException {
    if (text.isEmpty()) {
      throw new FormatException("a row without ts");
    }
    Cells cells = new Cells();
    cells.add(text);
    return times.micros(cells, 0);
  }

  /** Empty for null; for objects and arrays their JSON, with keys in order. */
  private static Map<String, String> read(String json) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object: " + json);
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        boolean text = value == JsonToken.VALUE_STRING;
        fields.put(name, value == JsonToken.VALUE_NULL ? "" : text ? in.getText() : ordered(in));
      }
    }
    return fields;
  }

  private static String ordered(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.START_ARRAY) {
      List<String> items = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        items.add(ordered(in));
      }
      return "[" + String.join(",", items) + "]";
    }
    if (token == JsonToken.START_OBJECT) {
      Map<String, String> fields = new TreeMap<>();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        fields.put(name, ordered(in));
      }
      return fields.toString();
    }
    if (token == JsonToken.VALUE_STRING) {
      return '"' + in.getText() + '"';
    }
    return token.isNumeric() ? decimal(in.getText()) : in.getText();
  }

  private static String canonical(Kind kind, Times times, String name, String value) {
    return switch (kind.types().getOrDefault(name, "text")) {
      case "number" -> number(value);
      case "decimal", "integer" -> decimal(value);
      case "timestamp" -> timestamp(times, value);
      case "json", "levels" -> again(value);
      case "words" -> sorted(value);
      default -> value;
    };
  }

  private static String number(String text) {
    try {
      double value = Double.parseDouble(text);
      return Double.toString(value == 0 ? 0 : value);
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static String decimal(String text) {
    try {
      BigDecimal value = new BigDecimal(text);
      return value.signum() == 0 ? "0" : value.stripTrailingZeros().toString();
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static String sorted(String words) {
    String[] each = words.replaceAll("[\\[\\]]", "").split(",");
    Arrays.sort(each);
    return String.join(",", each);
  }

  private static String timestamp(Times times, String text) {
    try {
      return Long.toString(micros(times, text));
    } catch (FormatException e) {
      return text;
    }
  }

  /** JSON that came as text, as in CSV and databases. */
  private static String again(String text) {
    try (JsonParser in = JSON.createParser(text)) {
      in.nextToken();
      return ordered(in);
    } catch (IOException e) {
      return text;
    }
  }

  /** {@code open=1.0 high=2.0}: everything that is compared except the time. */
  public String body() {
    StringBuilder body = new StringBuilder();
    fields.forEach(
        (name, value) -> {
          if (!(name.equals("closed") && value.equals("true"))) {
            body.append(body.isEmpty() ? "" : " ").append(name).append('=').append(value);
          }
        });
    return body.toString();
  }
}
