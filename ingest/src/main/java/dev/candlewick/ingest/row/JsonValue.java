package dev.candlewick.ingest.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.candlewick.record.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of type json or levels, rewritten with every digit of its numbers kept.
 *
 * @param text the value as JSON
 * @param fault why the database would not accept it; null if it would
 */
public record JsonValue(String text, @Nullable String fault) {
  /** Nesting limit of the parser: a value in a row, including what surrounds it. */
  public static final int DEPTH = 100;

  /** Nesting limit of a value. */
  private static final int MOST_NESTED = 64;

  /** Most digits before or after the point once a number is written out. */
  private static final int MOST_DIGITS = 1_000;

  /** Stands in for text that is not JSON. */
  public static final JsonValue NONE = new JsonValue("null", "is not JSON");

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxNumberLength(MOST_DIGITS)
                  .build())
          .build();

  /** The value at the parser's position. */
  public static JsonValue read(JsonParser in) throws IOException {
    StringWriter text = new StringWriter();
    String fault = null;
    try (JsonGenerator out = JSON.createGenerator(text)) {
      int depth = 0;
      do {
        JsonToken token = in.currentToken();
        String wrong = fault(in, token);
        fault = fault == null ? wrong : fault;
        copy(in, token, out);
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        fault = fault == null && depth > MOST_NESTED ? "is nested too deep" : fault;
      } while (depth > 0 && in.nextToken() != null);
    }
    return new JsonValue(text.toString(), fault);
  }

  /** The same for a text that should be JSON; null if it is not. */
  public static @Nullable JsonValue parse(String json) {
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() == null) {
        return null;
      }
      JsonValue value = read(in);
      return in.nextToken() == null ? value : null;
    } catch (JsonProcessingException e) {
      return null;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private static void copy(JsonParser in, JsonToken token, JsonGenerator out) throws IOException {
    if (token.isNumeric()) {
      out.writeNumber(in.getText());
    } else {
      out.copyCurrentEvent(in);
    }
  }

  private static @Nullable String fault(JsonParser in, JsonToken token) throws IOException {
    if (token.isNumeric()) {
      if (in.isNaN()) {
        return "contains a number that is not finite";
      }
      return isWritable(in.getText()) ? null : "contains a number of too many digits";
    }
    boolean text = token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME;
    return text && !Kind.isStorable(in.getText()) ? "contains an invalid character" : null;
  }

  private static boolean isWritable(String numeral) {
    try {
      BigDecimal number = new BigDecimal(numeral);
      boolean whole = Math.abs((long) number.precision() - number.scale()) <= MOST_DIGITS;
      return whole && Math.abs((long) number.scale()) <= MOST_DIGITS;
    } catch (NumberFormatException e) {
      // Its exponent has more digits than any valid one.
      return false;
    }
  }

  /**
   * An object that equals another if both texts mean the same: 1.0 equals 1, and the order of names
   * does not matter.
   */
  static Object meaning(String json) {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      return meaning(in);
    } catch (IOException e) {
      throw new IllegalStateException("what was written here can be read", e);
    }
  }

  private static Object meaning(JsonParser in) throws IOException {
    switch (in.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> members = new HashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String name = in.currentName();
          in.nextToken();
          members.put(name, meaning(in));
        }
        return members;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          elements.add(meaning(in));
        }
        return elements;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        return new BigDecimal(in.getText()).stripTrailingZeros();
      }
      case VALUE_STRING -> {
        return in.getText();
      }
      default -> {
        return in.currentToken();
      }
    }
  }

  /**
   * The value as book levels, {@code [[price,size],...]}, all of them numbers; null if it is
   * something else.
   */
  public @Nullable String levels() {
    try (JsonParser in = JSON.createParser(text)) {
      if (in.nextToken() != JsonToken.START_ARRAY) {
        return null;
      }
      StringBuilder levels = new StringBuilder("[");
      while (in.nextToken() == JsonToken.START_ARRAY) {
        String price = number(in);
        String size = number(in);
        if (price == null || size == null || size.startsWith("-")) {
          return null;
        }
        if (in.nextToken() != JsonToken.END_ARRAY) {
          return null;
        }
        levels.append(levels.length() > 1 ? "," : "").append('[').append(price).append(',');
        levels.append(size).append(']');
      }
      return in.currentToken() == JsonToken.END_ARRAY ? levels.append(']').toString() : null;
    } catch (IOException e) {
      throw new IllegalStateException("what was written here can be read", e);
    }
  }

  private static @Nullable String number(JsonParser in) throws IOException {
    JsonToken token = in.nextToken();
    boolean fits = token.isNumeric() || token == JsonToken.VALUE_STRING;
    BigDecimal number = fits ? Numeral.parse(in.getText()) : null;
    return number == null ? null : number.toPlainString();
  }
}
