package dev.candlewick.server.live;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Lets only a few groups read at a time, in the order they ask: at the turn of a minute all of them
 * want to, and the pool is for others too. For use on one context.
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
