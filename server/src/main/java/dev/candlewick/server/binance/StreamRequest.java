package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.candlewick.net.JsonFault;
import dev.candlewick.server.web.Params;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's message: {@code {"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}}. All of it
 * must be understood.
 */
final class StreamRequest {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int INVALID_JSON = 3;
  private static final int LONGEST_ID = 36;

  private @Nullable String method;
  private @Nullable List<Object> params;
  private @Nullable String fault;

  /** A whole number, a text, or null: repeated in the answer. */
  private @Nullable Object id;

  private StreamRequest() {}

  /** Reads a message, even one with invalid content, which {@link #check} reports. */
  static StreamRequest parse(byte[] message) {
    StreamRequest request = new StreamRequest();
    try (JsonParser json = JSON.createParser(message)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new BinanceException(INVALID_JSON, "Invalid JSON: an object is required");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        request.field(json);
      }
      if (json.nextToken() != null) {
        throw new BinanceException(INVALID_JSON, "Invalid JSON: unexpected text after the object");
      }
      return request;
    } catch (JsonProcessingException e) {
      throw new BinanceException(INVALID_JSON, "Invalid JSON: " + JsonFault.of(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void field(JsonParser json) throws IOException {
    String name = json.currentName();
    JsonToken value = json.nextToken();
    switch (name) {
      case "method" -> method(json, value);
      case "id" -> id(json, value);
      case "params" -> params(json, value);
      default -> {
        json.skipChildren();
        refuse("unknown field `" + Params.excerpt(name) + "`");
      }
    }
  }

  private void refuse(String reason) {
    fault = fault == null ? reason : fault;
  }

  private void method(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      method = json.getText();
    } else {
      json.skipChildren();
      refuse("method must be a string");
    }
  }

  private void id(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
        && json.getLongValue() >= 0) {
      id = json.getLongValue();
    } else if (value == JsonToken.VALUE_STRING && json.getTextLength() <= LONGEST_ID) {
      id = json.getText();
    } else if (value != JsonToken.VALUE_NULL) {
      json.skipChildren();
      refuse("request ID must be an unsigned integer");
    }
  }

  private void params(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.START_ARRAY) {
      json.skipChildren();
      refuse("params must be an array");
      return;
    }
    List<Object> read = new ArrayList<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      if (next == JsonToken.VALUE_STRING) {
        read.add(json.getText());
      } else if (next.isBoolean()) {
        read.add(json.getBooleanValue());
      } else {
        json.skipChildren();
        refuse("params must hold stream names");
      }
    }
    params = read;
  }

  /** Rejects a message that was not fully understood. */
  void check() {
    if (fault != null) {
      throw StreamName.refused(fault);
    }
    if (method == null) {
      throw StreamName.refused("missing field `method`");
    }
  }

  String method() {
    return method == null ? "" : method;
  }

  /** The names of streams, at least one. */
  List<String> names() {
    List<Object> all = params == null ? List.of() : params;
    if (all.isEmpty()) {
      throw StreamName.refused("params must hold stream names");
    }
    List<String> names = new ArrayList<>();
    for (Object one : all) {
      if (!(one instanceof String name)) {
        throw StreamName.refused("params must hold stream names");
      }
      names.add(name);
    }
    return names;
  }

  /** The values after the property {@code combined}, which is required: so many of them. */
  List<Object> property(int count) {
    List<Object> all = params == null ? List.of() : params;
    if (all.isEmpty() || !(all.get(0) instanceof String name)) {
      throw StreamName.refused("property name must be a string");
    }
    if (!name.equals("combined")) {
      throw new BinanceException(0, "Unknown property");
    }
    if (all.size() > count + 1) {
      throw StreamName.refused("too many parameters");
    }
    return all.subList(1, all.size());
  }

  /** Rejects parameters where none are accepted. */
  void requireNoParams() {
    if (params != null && !params.isEmpty()) {
      throw StreamName.refused("too many parameters");
    }
  }

  @Nullable Object id() {
    return id;
  }
}
