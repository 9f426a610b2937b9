package dev.candlewick.server.memory;

import dev.candlewick.server.memory.ChangeRepository.News;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database what has changed, one query at a time: requests that arrive while one is under
 * way share the next one, because the one under way may have been answered before they arrived.
 * Thread-safe.
 */
final class Freshness {
  /**
   * How often to ask when nobody waits, so that no query returns much; shorter than an idle
   * timeout.
   */
  private static final long EVERY_MILLIS = 10_000;

  /**
   * The longest time between two queries, by the database's clock; journal entries are deleted
   * after ten minutes.
   */
  private static final long LOST_AFTER = Duration.ofMinutes(5).toMillis();

  private final Vertx vertx;
  private final ChangeRepository changes;
  private final Memory memory;
  private List<Waiting> waiting = new ArrayList<>();
  private @Nullable News last;
  private boolean asking;
  private boolean ticking;

  private record Waiting(Context context, Promise<Void> promise) {
    void tell(AsyncResult<News> answer) {
      if (context == Vertx.currentContext()) {
        end(answer);
      } else {
        context.runOnContext(hop -> end(answer));
      }
    }

    private void end(AsyncResult<News> answer) {
      if (answer.succeeded()) {
        promise.complete();
      } else {
        promise.fail(answer.cause());
      }
    }
  }

  Freshness(Vertx vertx, ChangeRepository changes, Memory memory) {
    this.vertx = vertx;
    this.changes = changes;
    this.memory = memory;
  }

  /** Completes, on the caller's context, after a query that was sent after this call. */
  Future<Void> ask() {
    Promise<Void> promise = Promise.promise();
    join(new Waiting(vertx.getOrCreateContext(), promise));
    return promise.future();
  }

  /** Starts asking, whether anybody waits or not. */
  synchronized void start() {
    if (!ticking) {
      ticking = true;
      vertx.setPeriodic(EVERY_MILLIS, this::tick);
      if (!asking) {
        send();
      }
    }
  }

  private synchronized void join(Waiting one) {
    waiting.add(one);
    if (!asking) {
      send();
    }
  }

  private synchronized void tick(long timer) {
    if (asking) {
      return;
    }
    if (memory.isUsed()) {
      send();
    } else {
      vertx.cancelTimer(timer);
      ticking = false;
      last = null;
      memory.lose();
      changes.release();
    }
  }

  private void send() {
    asking = true;
    List<Waiting> asked = waiting;
    waiting = new ArrayList<>();
    News before = last;
    changes
        .since(before == null ? null : before.moment())
        .onComplete(
            answer -> {
              heard(answer);
              asked.forEach(one -> one.tell(answer));
            });
  }

  private synchronized void heard(AsyncResult<News> answer) {
    asking = false;
    if (answer.succeeded()) {
      News news = answer.result();
      News before = last;
      if (before == null || !follows(before, news)) {
        memory.lose();
      }
      memory.changed(news.changes());
      last = news;
    }
    if (!waiting.isEmpty()) {
      send();
    }
  }

  static boolean follows(News before, News news) {
    long passed = news.at() - before.at();
    return news.database().equals(before.database()) && passed >= 0 && passed <= LOST_AFTER;
  }
}
