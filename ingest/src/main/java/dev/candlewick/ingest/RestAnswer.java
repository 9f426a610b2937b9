package dev.candlewick.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.Problem;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The answer to one REST request: sent once, after COMMIT, or when waiting any longer is no use.
 */
final class RestAnswer implements Answer {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_REJECTED_TOLD = 100;
  private static final long GIVE_UP_MILLIS = 9_000;
  private static final long UNKNOWN_MILLIS = 25_000;

  private final RoutingContext request;
  private final Context context = Vertx.currentContext();
  private final boolean skipsBadRows;
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
  private Runnable onKeyTaken = () -> {};

  private enum State {
    QUEUED,
    IN_BATCH,
    GIVEN_UP
  }

  RestAnswer(RoutingContext request, boolean skipsBadRows) {
    this.request = request;
    this.skipsBadRows = skipsBadRows;
  }

  /** What to do where another request with the same Idempotency-Key was committed first. */
  void onKeyTaken(Runnable action) {
    onKeyTaken = action;
  }

  /** A request still in the queue when its time is over was not written, and says so. */
  void startClock() {
    Vertx vertx = request.vertx();
    long giveUp =
        vertx.setTimer(
            GIVE_UP_MILLIS,
            late -> {
              if (state.compareAndSet(State.QUEUED, State.GIVEN_UP)) {
                fail(Problem.unavailable("the rows could not be written in time; none was"));
              }
            });
    long unknown =
        vertx.setTimer(
            UNKNOWN_MILLIS,
            late ->
                fail(
                    Problem.unavailable(
                        "whether the rows were written is not known yet; send them again")));
    request.addEndHandler(
        ended -> {
          vertx.cancelTimer(giveUp);
          vertx.cancelTimer(unknown);
        });
  }

  @Override
  public boolean stillWanted() {
    return state.compareAndSet(State.QUEUED, State.IN_BATCH);
  }

  @Override
  public boolean takesPart() {
    return skipsBadRows;
  }

  @Override
  public void committed(List<Message> messages, Durability durability) {
    String body = body(messages.get(0), durability);
    context.runOnContext(hop -> send(body));
  }

  @Override
  public void dropped(Message message, Drop why) {
    context.runOnContext(
        hop -> {
          switch (why) {
            case KEY_TAKEN -> onKeyTaken.run();
            case ROW_REFUSED -> fail(rowsRejected(message.rejections()));
            case NOT_DURABLE ->
                fail(Problem.unavailable("the database is not durable, and must be"));
            default -> fail(Problem.unavailable("the server stops; the rows were not written"));
          }
        });
  }

  /** The first answer to this key again, if the request is the same. */
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
        rejections.size() + " rows are refused; nothing was written",
        json -> rejected(json, rejections));
  }

  private void send(String body) {
    if (!request.response().ended()) {
      request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
    }
  }

  private void fail(Problem problem) {
    if (!request.response().ended()) {
      request.fail(problem);
    }
  }

  /** The body of an answer to committed rows. */
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
