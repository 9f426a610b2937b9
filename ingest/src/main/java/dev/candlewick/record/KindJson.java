package dev.candlewick.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A declaration as JSON. */
public final class KindJson {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Pattern SPAN = Pattern.compile("([1-9][0-9]{0,8})([hdw])");
  private static final int LONGEST_WORD = 1_000;
  private static final int MOST_SCALE = 400;

  private KindJson() {}

  /** Text that is not JSON. */
  public static final class MalformedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient JsonProcessingException fault;

    MalformedException(JsonProcessingException fault) {
      super("not JSON", fault);
      this.fault = fault;
    }

    /** Where and why. */
    public JsonProcessingException fault() {
      return fault;
    }
  }

  /**
   * The kind that the text declares.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public static Kind read(String json) {
    return read(json, null);
  }

  /** The same for a text that may leave out the kind's name, which is {@code name}. */
  public static Kind read(String json, @Nullable String name) {
    try (JsonParser in = JSON.createParser(json)) {
      expect(in.nextToken() == JsonToken.START_OBJECT, "the declaration must be a JSON object");
      Kind kind = kind(in, name);
      expect(in.nextToken() == null, "something follows the declaration");
      return kind;
    } catch (JsonProcessingException e) {
      throw new MalformedException(e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static Kind kind(JsonParser in, @Nullable String byDefault) throws IOException {
    String name = byDefault;
    List<String> key = null;
    List<Column> columns = null;
    Duration retention = Retention.FOR_EVER;
    Duration chunk = Kind.DEFAULT_CHUNK;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "kind" -> name = text(in, field);
        case "key" -> key = texts(in, field);
        case "columns" -> columns = columns(in);
        case "retention" -> retention = retention(text(in, field));
        case "chunk" -> chunk = span(field, text(in, field));
        default -> throw new IllegalArgumentException("unknown field " + cut(field));
      }
    }
    if (name == null || key == null || columns == null) {
      throw new IllegalArgumentException("kind, key and columns are required");
    }
    return new Kind(name, key, columns, retention, chunk);
  }

  private static List<Column> columns(JsonParser in) throws IOException {
    expect(in.currentToken() == JsonToken.START_ARRAY, "columns must be a list");
    List<Column> columns = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(in.currentToken() == JsonToken.START_OBJECT, "a column must be an object");
      columns.add(column(in));
      expect(columns.size() <= 1_000, "too many columns");
    }
    return columns;
  }

  private static Column column(JsonParser in) throws IOException {
    String name = null;
    ColumnType type = null;
    boolean required = false;
    List<String> values = List.of();
    BigDecimal min = null;
    BigDecimal max = null;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "name" -> name = text(in, field);
        case "type" -> type = type(text(in, field));
        case "required" -> required = truth(in);
        case "values" -> values = texts(in, field);
        case "min" -> min = number(in, field);
        case "max" -> max = number(in, field);
        default -> throw new IllegalArgumentException("unknown field of a column: " + cut(field));
      }
    }
    if (name == null || type == null) {
      throw new IllegalArgumentException("name and type of a column are required");
    }
    return new Column(name, type, required, values, min, max);
  }

  private static ColumnType type(String word) {
    return ColumnType.of(word)
        .orElseThrow(() -> new IllegalArgumentException("unknown type \"" + cut(word) + "\""));
  }

  private static String text(JsonParser in, String field) throws IOException {
    expect(in.currentToken() == JsonToken.VALUE_STRING, field + " must be a string");
    return in.getText();
  }

  private static List<String> texts(JsonParser in, String field) throws IOException {
    expect(in.currentToken() == JsonToken.START_ARRAY, field + " must be a list of strings");
    List<String> texts = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      expect(
          in.currentToken() == JsonToken.VALUE_STRING && in.getTextLength() <= LONGEST_WORD,
          field + " must be a list of strings");
      texts.add(in.getText());
    }
    return texts;
  }

  private static boolean truth(JsonParser in) throws IOException {
    expect(in.currentToken().isBoolean(), "required must be true or false");
    return in.getBooleanValue();
  }

  private static BigDecimal number(JsonParser in, String field) throws IOException {
    expect(in.currentToken().isNumeric() && in.getTextLength() <= 100, field + " must be a number");
    BigDecimal number = new BigDecimal(in.getText());
    expect(Math.abs(number.scale()) <= MOST_SCALE, field + " is out of range");
    return number;
  }

  private static Duration retention(String word) {
    return word.equals("none") ? Retention.FOR_EVER : span("retention", word);
  }

  /** {@code 7d}, {@code 12h}, {@code 2w} or ISO 8601: {@code P7D}. */
  private static Duration span(String field, String word) {
    Matcher span = SPAN.matcher(word);
    if (span.matches()) {
      long count = Long.parseLong(span.group(1));
      return switch (span.group(2)) {
        case "h" -> Duration.ofHours(count);
        case "d" -> Duration.ofDays(count);
        default -> Duration.ofDays(7 * count);
      };
    }
    try {
      Duration parsed = Duration.parse(word);
      if (parsed.equals(Duration.ofHours(parsed.toHours()))) {
        return parsed;
      }
    } catch (DateTimeException | ArithmeticException e) {
      // Reported below.
    }
    String none = field.equals("retention") ? ", or none" : "";
    throw new IllegalArgumentException(field + " must be like 12h, 30d or P30D" + none);
  }

  /** The word for a duration of whole hours. */
  static String word(Duration span) {
    if (span.equals(Retention.FOR_EVER)) {
      return "none";
    }
    return span.toHours() % 24 == 0 ? span.toDays() + "d" : span.toHours() + "h";
  }

  /** The declaration in the form that {@link #read} reads. */
  public static String write(Kind kind) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, kind);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return text.toString();
  }

  /** The declaration, as a value in a larger answer. */
  public static void write(JsonGenerator json, Kind kind) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", kind.name());
    texts(json, "key", kind.key());
    json.writeStringField("retention", word(kind.retention()));
    json.writeStringField("chunk", word(kind.chunk()));
    json.writeArrayFieldStart("columns");
    for (Column column : kind.columns()) {
      column(json, column);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void column(JsonGenerator json, Column column) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", column.name());
    json.writeStringField("type", column.type().word());
    if (column.required()) {
      json.writeBooleanField("required", true);
    }
    if (!column.values().isEmpty()) {
      texts(json, "values", column.values());
    }
    bound(json, "min", column.min());
    bound(json, "max", column.max());
    json.writeEndObject();
  }

  private static void bound(JsonGenerator json, String name, @Nullable BigDecimal bound)
      throws IOException {
    if (bound != null) {
      json.writeNumberField(name, bound);
    }
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeFieldName(name);
    json.writeArray(texts.toArray(new String[0]), 0, texts.size());
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }

  private static String cut(String text) {
    String one = text.replaceAll("\\p{Cntrl}", "?");
    return one.length() <= 64 ? one : one.substring(0, 64) + "...";
  }
}
