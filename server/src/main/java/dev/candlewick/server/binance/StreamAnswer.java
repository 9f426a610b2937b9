package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Json;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The answer to a client's message, with the message's id. */
final class StreamAnswer {
  private StreamAnswer() {}

  static Buffer result(@Nullable Object id, Json.Content result) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeFieldName("result");
          result.write(json);
          writeId(json, id);
          json.writeEndObject();
        });
  }

  static Buffer refusal(@Nullable Object id, BinanceException refused) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          refused.writeFields(json);
          writeId(json, id);
          json.writeEndObject();
        });
  }

  private static void writeId(JsonGenerator json, @Nullable Object id) throws IOException {
    json.writeFieldName("id");
    if (id instanceof Long number) {
      json.writeNumber(number);
    } else {
      json.writeString((String) id);
    }
  }
}
