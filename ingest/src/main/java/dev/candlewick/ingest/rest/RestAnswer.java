package dev.candlewick.ingest.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.socket.SessionJson;
import dev.candlewick.ingest.table.IdempotencyKeys;
import dev.candlewick.net.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/** The answer to one REST request: what became of its rows. */
final class RestAnswer extends RequestAnswer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_REJECTED_TOLD = 100;

  private final boolean skipsBadRows;
  private Runnable onKeyTaken = () -> {};

  RestAnswer(RoutingContext request, boolean skipsBadRows) {
    super(request);
    this.skipsBadRows = skipsBadRows;
  }

  /** What to do if another request with the same Idempotency-Key was committed first. */
  void onKeyTaken(Runnable action) {
    onKeyTaken = action;
  }

  @Override
  public boolean takesPart() {
    return skipsBadRows;
  }

  @Override
  void committed(Message message, Durability durability) {
    send(body(message, durability));
  }

  @Override
  void refused(Message message, Drop why) {
    if (why == Drop.KEY_TAKEN) {
      onKeyTaken.run();
    } else {
      super.refused(message, why);
    }
  }

  /** Repeats the first answer to this key, if the request is the same. */
  void replay(IdempotencyKeys.Kept first, byte[] sha256) {
    if (first.isFor(sha256)) {
      request.response().putHeader("Idempotency-Replayed", "true");
      send(first.response());
    } else {
      fail(
          new Problem(
              422, "idempotency_key_reused", "the key was used for a request with other rows"));
    }
  }

  static Problem rowsRejected(List<Rejection> rejections) {
    return new Problem(
        422,
        "rows_rejected",
        (rejections.size() == 1 ? "1 row is refused" : rejections.size() + " rows are refused")
            + "; nothing was written",
        json -> rejected(json, rejections));
  }

  private void send(String body) {
    if (!request.response().ended()) {
      request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
    }
  }

  /** The body of an answer about committed rows. */
  static String body(Message message, Durability durability) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      List<Rejection> rejections = message.rejections();
      int taken = message.inserted + message.duplicates + message.updated;
      json.writeStartObject();
      json.writeNumberField("rows", taken + rejections.size());
      json.writeNumberField("inserted", message.inserted);
      json.writeNumberField("duplicates", message.duplicates);
      json.writeNumberField("updated", message.updated);
      if (message.conflicts > 0) {
        json.writeNumberField("conflicts", message.conflicts);
      }
      rejected(json, rejections);
      json.writeStringField("ack", "committed");
      if (durability == Durability.DEGRADED) {
        json.writeStringField("durability", durability.word());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return text.toString();
  }

  private static void rejected(JsonGenerator json, List<Rejection> rejections) throws IOException {
    json.writeArrayFieldStart("rejected");
    for (Rejection rejection :
        rejections.subList(0, Math.min(rejections.size(), MOST_REJECTED_TOLD))) {
      json.writeStartObject();
      SessionJson.rejection(json, rejection);
      json.writeEndObject();
    }
    json.writeEndArray();
    if (rejections.size() > MOST_REJECTED_TOLD) {
      json.writeNumberField("rejected_more", rejections.size() - MOST_REJECTED_TOLD);
    }
  }
}
