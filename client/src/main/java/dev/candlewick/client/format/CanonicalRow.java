package dev.candlewick.client.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A row in a form in which equal rows have equal text, whether from a file or the server.
 *
 * @param subject whose it is: its instrument, {@code venue}, {@code symbol} and {@code timeframe}
 *     for candles; for records their bot, else their instrument; else nothing
 * @param micros its time
 * @param id what else distinguishes it from others at its time; empty for rows without an id
 * @param body {@code open=1 high=2.5}: everything that is compared except the time
 */
public record CanonicalRow(Map<String, String> subject, long micros, String id, String body) {
  private static final JsonFactory JSON = new JsonFactory();

  /** A decimal of so many digits is the only one of its double. */
  private static final int DIGITS_OF_DOUBLE = 15;

  private static final int LONGEST_PLAIN = 100;
  private static final int LARGEST_SCALE = 200;

  /** Whether it has that field. */
  public boolean has(String field) {
    return (" " + body).contains(" " + field + "=");
  }

  /** Reads rows of JSON, millions of them; for one thread. */
  public static final class Reading {
    private static final class Field {
      private final String name;
      private final String type;
      private final String byDefault;

      /** Its place among those that say whose the row is; -1 if it does not. */
      private final int subject;

      private final boolean isInBody;
      private String value = "";

      Field(Kind kind, String name, String byDefault) {
        this.name = name;
        this.byDefault = byDefault;
        type = kind.types().getOrDefault(name, "text");
        subject = kind.subject().indexOf(name);
        isInBody = !name.equals("ts") && !kind.derives(name) && (subject < 0 || kind.isRecords());
      }
    }

    private final Kind kind;
    private final Times times;
    private final Map<String, Field> byName = new HashMap<>();
    private final Map<String, String> defaults;
    private final Cells cells = new Cells();
    private final StringBuilder body = new StringBuilder();
    private final List<String> names;
    private final List<Field> key = new ArrayList<>();
    private final Field ts;
    private List<Field> inOrder = List.of();
    private Map<String, String> subject = Map.of();
    private char[] text = new char[1024];

    /** {@code unit} of times; {@code defaults}: fields of rows without them. */
    public Reading(Kind kind, String unit, Map<String, String> defaults) {
      this.kind = kind;
      this.defaults = defaults;
      times = new Times(unit, ZoneOffset.UTC);
      names = kind.subject();
      defaults.keySet().forEach(this::field);
      names.forEach(this::field);
      List<String> columns = kind.type().equals("trades") ? List.of("id") : kind.key();
      columns.forEach(column -> key.add(field(column)));
      ts = field("ts");
    }

    /** Of a file's part, whose {@code defaults} are fields of JSON. */
    public static Reading of(Kind kind, List<String> defaults) throws IOException {
      Map<String, String> fields = new HashMap<>();
      String json = "{" + String.join(",", defaults) + "}";
      parse(JSON.createParser(json), fields::put);
      String unit = fields.remove("unit");
      return new Reading(kind, unit == null ? "ms" : unit, fields);
    }

    private Field field(String name) {
      Field field = byName.get(name);
      if (field == null) {
        field = new Field(kind, name, defaults.getOrDefault(name, ""));
        byName.put(name, field);
        inOrder = new ArrayList<>(byName.values());
        inOrder.sort(Comparator.comparing(each -> each.name));
      }
      return field;
    }

    /** Reads a row of JSON. */
    public CanonicalRow row(CharSequence json) throws IOException {
      for (Field field : inOrder) {
        field.value = field.byDefault;
      }
      int length = json.length();
      if (length > text.length) {
        text = new char[2 * length];
      }
      for (int i = 0; i < length; i++) {
        text[i] = json.charAt(i);
      }
      parse(JSON.createParser(text, 0, length), (name, value) -> field(name).value = value);
      body.setLength(0);
      for (Field field : inOrder) {
        if (field.isInBody && !field.value.isEmpty()) {
          append(field);
        }
      }
      return new CanonicalRow(subject(), micros(ts.value), id(), body.toString());
    }

    private void append(Field field) {
      String value = canonical(field.type, field.value);
      field.value = value;
      boolean isImplied =
          (field.name.equals("closed") && value.equals("true"))
              || (field.name.equals("flags") && value.isEmpty());
      if (!isImplied) {
        body.append(body.isEmpty() ? "" : " ").append(field.name).append('=').append(value);
      }
    }

    private String id() {
      if (key.size() == 1 && kind.type().equals("trades")) {
        return key.get(0).value;
      }
      StringBuilder id = new StringBuilder();
      key.forEach(column -> id.append(column.value).append('\t'));
      return id.toString();
    }

    /** Mostly that of the row before. */
    private Map<String, String> subject() {
      boolean isSame = subject.size() == names.size();
      for (int i = 0; isSame && i < names.size(); i++) {
        String name = names.get(i);
        isSame = field(name).value.equals(subject.get(name));
      }
      if (!isSame) {
        subject = new LinkedHashMap<>();
        names.forEach(name -> subject.put(name, field(name).value));
      }
      return subject;
    }

    private long micros(String time) throws FormatException {
      if (time.isEmpty()) {
        throw new FormatException("a row without ts");
      }
      cells.clear();
      cells.add(time);
      return times.micros(cells, 0);
    }

    private String canonical(String type, String value) {
      return switch (type) {
        case "number" -> number(value);
        case "decimal", "integer" -> decimal(value);
        case "timestamp" -> timestamp(value);
        case "json", "levels" -> again(value);
        case "words" -> sorted(value);
        default -> value;
      };
    }

    private String timestamp(String time) {
      try {
        return Long.toString(micros(time));
      } catch (FormatException e) {
        return time;
      }
    }
  }

  /** Empty for null; for objects and arrays their JSON, with keys in order. */
  private static void parse(JsonParser row, BiConsumer<String, String> fields) throws IOException {
    try (JsonParser in = row) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a JSON object: " + in.getText());
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        boolean isText = value == JsonToken.VALUE_STRING;
        fields.accept(
            name, value == JsonToken.VALUE_NULL ? "" : isText ? in.getText() : ordered(in));
      }
    }
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

  /** The same text for the same double. */
  private static String number(String text) {
    if (isPlain(text)) {
      String shortened = withoutZeros(text);
      if (shortened.length() <= DIGITS_OF_DOUBLE) {
        return shortened;
      }
    }
    try {
      double value = Double.parseDouble(text);
      if (!Double.isFinite(value)) {
        return text;
      }
      BigDecimal few = new BigDecimal(value).round(new MathContext(DIGITS_OF_DOUBLE));
      return few.doubleValue() == value ? written(few) : Double.toString(value);
    } catch (NumberFormatException e) {
      return text;
    }
  }

  /** The same text for the same decimal. */
  private static String decimal(String text) {
    if (isPlain(text)) {
      return withoutZeros(text);
    }
    try {
      return written(new BigDecimal(text));
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static String written(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal shortest = value.stripTrailingZeros();
    boolean isLong = Math.abs((long) shortest.scale()) > LARGEST_SCALE;
    return isLong ? shortest.toString() : shortest.toPlainString();
  }

  /** Whether it is written like -12.340: no exponent, no zero before others, not very long. */
  private static boolean isPlain(String text) {
    int from = text.startsWith("-") ? 1 : 0;
    int point = text.indexOf('.');
    int whole = (point < 0 ? text.length() : point) - from;
    boolean isWhole = whole == 1 || (whole > 1 && text.charAt(from) != '0');
    if (!isWhole || text.length() > LONGEST_PLAIN || point == text.length() - 1) {
      return false;
    }
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i != point && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  private static String withoutZeros(String plain) {
    int end = plain.length();
    if (plain.indexOf('.') >= 0) {
      while (plain.charAt(end - 1) == '0') {
        end--;
      }
      end -= plain.charAt(end - 1) == '.' ? 1 : 0;
    }
    String shortened = plain.substring(0, end);
    return shortened.equals("-0") ? "0" : shortened;
  }

  private static String sorted(String words) {
    String[] each = words.replaceAll("[\\[\\]]", "").split(",");
    Arrays.sort(each);
    return String.join(",", each);
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
}
