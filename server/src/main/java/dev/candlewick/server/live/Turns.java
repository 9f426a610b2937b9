package dev.candlewick.server.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets only a few of the groups read at a time, in the order in which they ask: at the turn of a
 * minute they all want to, and the pool is there for others too. For one context.
 */
final class Turns {
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int free;

  Turns(int atATime) {
    this.free = atATime;
  }

  <T> Future<T> take(Supplier<Future<T>> read) {
    Promise<T> result = Promise.promise();
    Runnable turn =
        () ->
            read.get()
                .onComplete(
                    done -> {
                      next();
                      result.handle(done);
                    });
    if (free > 0) {
      free--;
      turn.run();
    } else {
      waiting.add(turn);
    }
    return result.future();
  }

  private void next() {
    Runnable turn = waiting.poll();
    if (turn == null) {
      free++;
    } else {
      turn.run();
    }
  }
}
