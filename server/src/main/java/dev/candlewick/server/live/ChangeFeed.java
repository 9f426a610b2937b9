package dev.candlewick.server.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database, while there are subscribers, what was committed since it asked last. It
 * remembers the moment of its last look, so a lost connection costs time but no commit. Asking
 * beats being notified: NOTIFY takes a lock that makes all commits wait for one another, may be
 * lost with its connection, and would still leave the rows to be asked for.
 */
final class ChangeFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
  private static final long EVERY_MILLIS = 20;

  /** How long it waits at most where nothing happens; it takes some seconds to get there. */
  private static final long QUIET_MILLIS = 100;

  private static final long RETRY_MILLIS = 500;

  /** Changes are kept for twice as long. */
  private static final long LOST_AFTER = Duration.ofMinutes(5).toNanos();

  private final LiveRepository changes;
  private final Vertx vertx;
  private final Consumer<Change> tell;
  private final Runnable lose;
  private final Map<Integer, Integer> followers = new HashMap<>();
  private List<Promise<Void>> waiting = new ArrayList<>();
  private @Nullable String moment;
  private long momentAt;
  private long timer = -1;
  private long pause = EVERY_MILLIS;
  private boolean asking;
  private boolean failing;

  ChangeFeed(LiveRepository changes, Vertx vertx, Consumer<Change> tell, Runnable lose) {
    this.changes = changes;
    this.vertx = vertx;
    this.tell = tell;
    this.lose = lose;
  }

  /**
   * From when the future completes on, whatever a read that starts later does not see will be told.
   * A look under way does not ask for the instrument yet, so it has to end first.
   */
  Future<Void> follow(int instrument) {
    followers.merge(instrument, 1, Integer::sum);
    if (moment != null && !asking) {
      return Future.succeededFuture();
    }
    Promise<Void> known = Promise.promise();
    waiting.add(known);
    if (!asking) {
      ask();
    }
    return known.future();
  }

  /** Takes back one {@link #follow}. */
  void unfollow(int instrument) {
    followers.computeIfPresent(instrument, (same, count) -> count == 1 ? null : count - 1);
  }

  private void ask() {
    asking = true;
    vertx.cancelTimer(timer);
    long askedAt = System.nanoTime();
    String last = moment;
    Future<LiveRepository.News> news =
        last == null
            ? changes.moment().map(now -> new LiveRepository.News(now, List.of()))
            : changes.since(last, followers.keySet());
    news.onComplete(
        answer -> {
          asking = false;
          if (answer.succeeded()) {
            heard(answer.result(), askedAt);
          } else {
            failed(answer.cause());
          }
        });
  }

  private void heard(LiveRepository.News news, long askedAt) {
    if (failing) {
      failing = false;
      LOG.info("changes are read again");
    }
    moment = news.moment();
    momentAt = askedAt;
    news.changes().forEach(tell);
    List<Promise<Void>> ready = waiting;
    waiting = new ArrayList<>();
    ready.forEach(Promise::complete);
    pause = news.changes().isEmpty() ? Math.min(QUIET_MILLIS, pause + 2) : EVERY_MILLIS;
    askAgainIn(pause);
  }

  private void failed(Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.warn("changes cannot be read, trying again: {}", cause.toString());
    }
    List<Promise<Void>> refused = waiting;
    waiting = new ArrayList<>();
    refused.forEach(promise -> promise.fail(cause));
    if (moment != null && System.nanoTime() - momentAt > LOST_AFTER) {
      moment = null;
      lose.run();
    }
    askAgainIn(RETRY_MILLIS);
  }

  private void askAgainIn(long millis) {
    if (followers.isEmpty()) {
      moment = null;
      return;
    }
    timer = vertx.setTimer(millis, fired -> ask());
  }
}
