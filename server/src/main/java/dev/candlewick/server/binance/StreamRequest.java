package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.candlewick.net.JsonFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client's message: {@code {"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}}. */
final class StreamRequest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int INVALID_JSON = 3;
  private static final int LONGEST_ID = 36;

  private String method = "";
  private final List<String> params = new ArrayList<>();
  private @Nullable Boolean flag;

  /** A whole number, a text, or null: what the answer repeats. */
  private @Nullable Object id;

  private boolean idIsValid = true;

  private StreamRequest() {}

  static StreamRequest parse(byte[] message) {
    StreamRequest request = new StreamRequest();
    try (JsonParser json = JSON.createParser(message)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new BinanceException(INVALID_JSON, "Invalid JSON: an object is due");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        request.field(json);
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
      case "method" -> method = json.getValueAsString("");
      case "id" -> id(json, value);
      case "params" -> params(json, value);
      default -> json.skipChildren();
    }
  }

  private void id(JsonParser json, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_NUMBER_INT
        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      id = json.getLongValue();
    } else if (value == JsonToken.VALUE_STRING && json.getTextLength() <= LONGEST_ID) {
      id = json.getText();
    } else {
      idIsValid = value == JsonToken.VALUE_NULL;
      json.skipChildren();
    }
  }

  private void params(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      if (next == JsonToken.VALUE_STRING) {
        params.add(json.getText());
      } else if (next.isBoolean()) {
        flag = json.getBooleanValue();
      } else {
        json.skipChildren();
      }
    }
  }

  String method() {
    return method;
  }

  /** The texts among the parameters. */
  List<String> params() {
    return params;
  }

  /** The truth value among the parameters. */
  @Nullable Boolean flag() {
    return flag;
  }

  @Nullable Object id() {
    return id;
  }

  boolean idIsValid() {
    return idIsValid;
  }
}
