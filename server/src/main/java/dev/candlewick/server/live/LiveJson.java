package dev.candlewick.server.live;

import dev.candlewick.server.web.Json;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Messages without rows. */
final class LiveJson {
  private LiveJson() {}

  static Buffer message(String type, @Nullable Long id) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeStringField("t", type);
          if (id != null) {
            json.writeNumberField("id", id);
          }
          json.writeEndObject();
        });
  }

  static Buffer error(@Nullable Long id, String code, String detail) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeStringField("t", "error");
          if (id != null) {
            json.writeNumberField("id", id);
          }
          json.writeStringField("code", code);
          json.writeStringField("detail", detail);
          json.writeEndObject();
        });
  }
}
