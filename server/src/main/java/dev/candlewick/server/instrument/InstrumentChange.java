package dev.candlewick.server.instrument;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Numbers;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneId;

/**
 * The validated body of {@code PUT /v1/instruments/{venue}/{symbol}}: a field that is present is
 * set, null removes it, an absent one stays. {@code metadata} is replaced as a whole.
 *
 * @param json an object with the fields to change, validated and rewritten
 */
record InstrumentChange(String json) {
  private static final int MAX_TEXT = 256;
  private static final int MAX_SCALE = 400;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads a request's body.
   *
   * @throws Problem 400 {@code malformed} if it is not a JSON object; 422 with a row code of the
   *     wire contract, the detail starting with the field's name, if a field is invalid
   */
  static InstrumentChange read(Buffer body) {
    StringWriter checked = new StringWriter();
    try (JsonParser parser = FACTORY.createParser(body.getBytes());
        JsonGenerator json = FACTORY.createGenerator(checked)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("expected a JSON object");
      }
      copyFields(parser, json);
      if (parser.nextToken() != null) {
        throw malformed("unexpected text after the JSON object");
      }
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw malformed("not JSON at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()));
    } catch (IOException e) {
      throw new UncheckedIOException("a body in memory could not be read", e);
    }
    return new InstrumentChange(checked.toString());
  }

  private static void copyFields(JsonParser parser, JsonGenerator json) throws IOException {
    json.writeStartObject();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      json.writeFieldName(field);
      copyField(field, parser, json);
    }
    json.writeEndObject();
  }

  private static void copyField(String field, JsonParser parser, JsonGenerator json)
      throws IOException {
    switch (field) {
      case "base", "quote", "currency", "asset_class", "name", "session" ->
          copyText(field, parser, json);
      case "timezone" -> {
        checkTimezone(parser);
        copyText(field, parser, json);
      }
      case "tick_size", "lot_size" -> copyStep(field, parser, json);
      case "metadata" -> {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw refused(field, "bad_type", "must be an object");
        }
        copyMetadata(parser, json);
      }
      default ->
          throw refused(clean("", field), "unknown_field", "is not a field of an instrument");
    }
  }

  private static void checkTimezone(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING
        && !ZoneId.getAvailableZoneIds().contains(parser.getText())) {
      throw refused("timezone", "out_of_range", "must be the IANA name of a time zone");
    }
  }

  private static void copyText(String field, JsonParser parser, JsonGenerator json)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      json.writeNull();
    } else if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw refused(field, "bad_type", "must be a string or null");
    } else if (parser.getText().isEmpty() || parser.getText().length() > MAX_TEXT) {
      throw refused(field, "out_of_range", "must have 1 to " + MAX_TEXT + " characters");
    } else {
      json.writeString(clean(field, parser.getText()));
    }
  }

  private static void copyStep(String field, JsonParser parser, JsonGenerator json)
      throws IOException {
    switch (parser.currentToken()) {
      case VALUE_NULL -> json.writeNull();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_STRING -> {
        double step = step(field, parser.getText());
        if (!(step > 0 && step < Double.POSITIVE_INFINITY)) {
          throw refused(field, "out_of_range", "must be finite and more than 0");
        }
        json.writeNumber(Numbers.text(step));
      }
      default -> throw refused(field, "bad_type", "must be a number, a decimal string or null");
    }
  }

  private static double step(String field, String text) {
    if (!text.matches("[-+]?[0-9]{0,40}(\\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?")) {
      throw refused(field, "bad_type", "must be a number, a decimal string or null");
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException noDigits) {
      throw refused(field, "bad_type", "must be a number, a decimal string or null");
    }
  }

  /** Copies an object unchanged, except for what PostgreSQL's jsonb cannot store. */
  private static void copyMetadata(JsonParser parser, JsonGenerator json) throws IOException {
    int depth = 0;
    do {
      JsonToken token = parser.currentToken();
      switch (token) {
        case FIELD_NAME -> json.writeFieldName(clean("metadata", parser.currentName()));
        case VALUE_STRING -> json.writeString(clean("metadata", parser.getText()));
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
          if (Math.abs(parser.getDecimalValue().scale()) > MAX_SCALE) {
            throw refused("metadata", "out_of_range", "contains a number that is too large");
          }
          json.copyCurrentEvent(parser);
        }
        default -> json.copyCurrentEvent(parser);
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } while (depth > 0 && parser.nextToken() != null);
  }

  private static String clean(String field, String text) {
    boolean dirty =
        text.codePoints().anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
    if (dirty) {
      throw refused(field, "bad_type", "contains an invalid character");
    }
    return text;
  }

  private static Problem malformed(String detail) {
    return new Problem(400, "malformed", detail);
  }

  private static Problem refused(String field, String code, String reason) {
    return new Problem(422, code, field + ": " + reason);
  }
}
