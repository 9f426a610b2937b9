package dev.candlewick.server.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes streams and rejected rows. */
final class StreamJson {
  private StreamJson() {}

  static Buffer page(List<Stream> streams, @Nullable String nextCursor, Times unit) {
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("streams");
          for (Stream stream : streams) {
            write(json, stream, unit);
          }
          json.writeEndArray();
          json.writeStringField("next_cursor", nextCursor);
          json.writeEndObject();
        });
  }

  static Buffer one(Stream stream, Times unit) {
    return Json.buffer(json -> write(json, stream, unit));
  }

  /** With {@code after}: what to ask for the next ones with, even if there are none yet. */
  static Buffer rejects(List<Reject> rejects, StreamQuery.Rejects query) {
    long after = rejects.isEmpty() ? query.after() : rejects.get(rejects.size() - 1).id();
    return Json.buffer(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("rejects");
          for (Reject reject : rejects) {
            write(json, reject, query.unit());
          }
          json.writeEndArray();
          json.writeNumberField("after", after);
          json.writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Stream stream, Times unit) throws IOException {
    json.writeStartObject();
    json.writeStringField("stream", stream.stream());
    json.writeNumberField("api_key_id", stream.apiKeyId());
    json.writeNumberField("epoch", stream.epoch());
    json.writeNumberField("committed_seq", stream.committedSeq());
    json.writeNumberField("next_seq", stream.committedSeq() + 1);
    json.writeNumberField("rows", stream.rows());
    unit.field(json, "created_at", stream.createdAt());
    unit.field(json, "last_activity", stream.lastActivity());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Reject reject, Times unit) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", reject.id());
    json.writeStringField("stream", reject.stream());
    json.writeNumberField("api_key_id", reject.apiKeyId());
    json.writeNumberField("seq", reject.seq());
    json.writeNumberField("index", reject.index());
    json.writeStringField("field", reject.field());
    json.writeStringField("code", reject.code());
    json.writeStringField("detail", reject.detail());
    unit.field(json, "at", reject.at());
    json.writeEndObject();
  }
}
