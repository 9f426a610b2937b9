package dev.candlewick.ingest.rest;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.net.Problem;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The answer to one HTTP request: given once, after COMMIT, or once waiting longer is pointless.
 */
abstract class RequestAnswer implements Answer {
  private static final long GIVE_UP_MILLIS = 9_000;
  private static final long UNKNOWN_MILLIS = 25_000;

  final RoutingContext request;
  private final Context context = Vertx.currentContext();
  private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

  /** Used only on the request's event loop. */
  private long timer;

  private enum State {
    QUEUED,
    IN_BATCH,
    GIVEN_UP
  }

  RequestAnswer(RoutingContext request) {
    this.request = request;
  }

  /** A request still in the queue when its time is up was not written, and the answer says so. */
  void startClock() {
    timer = request.vertx().setTimer(GIVE_UP_MILLIS, this::giveUp);
    request.addEndHandler(ended -> request.vertx().cancelTimer(timer));
  }

  private void giveUp(long ended) {
    if (state.compareAndSet(State.QUEUED, State.GIVEN_UP)) {
      fail(Problem.unavailable("the rows could not be written in time; none was"));
    } else {
      timer = request.vertx().setTimer(UNKNOWN_MILLIS - GIVE_UP_MILLIS, this::stopWaiting);
    }
  }

  private void stopWaiting(long ended) {
    fail(Problem.unavailable("whether the rows were written is not known yet; send them again"));
  }

  @Override
  public boolean stillWanted() {
    return state.compareAndSet(State.QUEUED, State.IN_BATCH);
  }

  @Override
  public void committed(List<Message> messages, Durability durability) {
    Message message = messages.get(0);
    context.runOnContext(hop -> committed(message, durability));
  }

  /** On the request's event loop, after COMMIT. */
  abstract void committed(Message message, Durability durability);

  @Override
  public void dropped(Message message, Drop why) {
    context.runOnContext(hop -> refused(message, why));
  }

  /** On the request's event loop: nothing was written. */
  void refused(Message message, Drop why) {
    switch (why) {
      case ROW_REFUSED -> fail(RestAnswer.rowsRejected(message.rejections()));
      case KIND_UNWRITABLE ->
          fail(Problem.unavailable("kind " + message.word() + " cannot be written at the moment"));
      case NOT_DURABLE -> fail(Problem.unavailable("the database is not durable, and must be"));
      default -> fail(Problem.unavailable("the server stops; the rows were not written"));
    }
  }

  void fail(Problem problem) {
    if (!request.response().ended()) {
      request.fail(problem);
    }
  }
}
