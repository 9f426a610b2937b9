package dev.candlewick.server.web;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;

/** Asynchronous actions one after another. */
public final class InOrder {
  private InOrder() {}

  /** Each action begins when the one before it has succeeded; the first failure ends it. */
  public static <T> Future<Void> each(Iterable<T> items, Function<T, Future<?>> action) {
    Promise<Void> done = Promise.promise();
    next(items.iterator(), action, done);
    return done.future();
  }

  private static <T> void next(
      Iterator<T> items, Function<T, Future<?>> action, Promise<Void> done) {
    while (items.hasNext()) {
      Future<?> step = Future.succeededFuture(items.next()).compose(action::apply);
      // What has succeeded already does not nest, however many there are.
      if (!step.succeeded()) {
        step.onSuccess(went -> next(items, action, done)).onFailure(done::fail);
        return;
      }
    }
    done.complete();
  }
}
