package dev.candlewick.server.live;

import dev.candlewick.net.Problem;
import dev.candlewick.server.live.JournalRepository.News;
import dev.candlewick.server.live.JournalRepository.WentBackException;
import io.vertx.core.Context;
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
 * While there are subscribers, reads what is new in the journal whenever the database announces a
 * commit. The journal is what counts, not the announcement: the feed remembers the moment of its
 * last query, so a lost connection costs time but no commit.
 */
final class ChangeFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);

  /** The interval between two queries, however many commits are announced. */
  private static final long PACE_MILLIS = 20;

  /**
   * When it queries although nothing was announced: a writer may have died between its commit and
   * the announcement, or there may be a connection pooler in between, which passes on none.
   */
  static final Duration UNTOLD = Duration.ofSeconds(3);

  private static final long RETRY_MILLIS = 500;

  /** Changes are kept for twice as long. */
  static final Duration LOST_AFTER = Duration.ofMinutes(5);

  private final JournalRepository journal;
  private final Vertx vertx;
  private final Duration untold;
  private final Duration lostAfter;
  private final Consumer<Change> tell;
  private final Runnable lose;
  private final Map<Integer, Integer> followers = new HashMap<>();
  private List<Promise<Void>> waiting = new ArrayList<>();
  private @Nullable String moment;
  private long momentAt;
  private long askedAt;
  private long readAt;
  private long timer = -1;
  private boolean asking;
  private boolean woken;
  private boolean failing;

  /**
   * Everything happens on the context.
   *
   * @param untold the longest it waits for an announcement
   * @param lostAfter how long it may have read nothing, as when the process was frozen
   * @param tell receives each change
   * @param lose run when too much was missed to be read, or the database went back in time
   */
  ChangeFeed(
      LiveRepository repository,
      Context context,
      Duration untold,
      Duration lostAfter,
      Consumer<Change> tell,
      Runnable lose) {
    this.journal = repository.journal(context, this::wake);
    this.vertx = context.owner();
    this.untold = untold;
    this.lostAfter = lostAfter;
    this.tell = tell;
    this.lose = lose;
  }

  /**
   * Once the future completes, anything that a later read does not see will be sent. A query under
   * way does not ask for the instrument yet, so it has to finish first.
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

  /** Undoes one {@link #follow}. */
  void unfollow(int instrument) {
    followers.computeIfPresent(instrument, (same, count) -> count == 1 ? null : count - 1);
  }

  private void wake() {
    woken = true;
    if (!asking) {
      askIn(PACE_MILLIS - (System.nanoTime() - askedAt) / 1_000_000);
    }
  }

  private void ask() {
    asking = true;
    woken = false;
    vertx.cancelTimer(timer);
    askedAt = System.nanoTime();
    journal
        .since(moment, followers.keySet())
        .onComplete(
            answer -> {
              asking = false;
              if (answer.succeeded()) {
                heard(answer.result());
              } else {
                failed(answer.cause());
              }
            });
  }

  private void heard(News news) {
    if (failing) {
      failing = false;
      LOG.info("changes are read again");
    }
    boolean lost = !news.isWhole() || moment != null && news.at() - momentAt > lostAfter.toMillis();
    moment = news.moment();
    momentAt = news.at();
    readAt = askedAt;
    if (lost) {
      lose.run();
    } else {
      news.changes().forEach(tell);
    }
    List<Promise<Void>> ready = waiting;
    waiting = new ArrayList<>();
    ready.forEach(Promise::complete);
    askIn(woken ? PACE_MILLIS : untold.toMillis());
  }

  private void failed(Throwable cause) {
    if (!failing) {
      failing = true;
      LOG.warn("changes cannot be read, trying again: {}", cause.toString());
    }
    List<Promise<Void>> refused = waiting;
    waiting = new ArrayList<>();
    boolean wentBack = cause instanceof WentBackException;
    Throwable why = wentBack ? Problem.unavailable("the database was set back in time") : cause;
    refused.forEach(promise -> promise.fail(why));
    if (moment != null && (wentBack || System.nanoTime() - readAt > lostAfter.toNanos())) {
      moment = null;
      lose.run();
    }
    askIn(RETRY_MILLIS);
  }

  private void askIn(long millis) {
    vertx.cancelTimer(timer);
    if (millis <= 0) {
      askAgain();
    } else {
      timer = vertx.setTimer(millis, fired -> askAgain());
    }
  }

  private void askAgain() {
    if (followers.isEmpty()) {
      moment = null;
      journal.release();
    } else {
      ask();
    }
  }
}
