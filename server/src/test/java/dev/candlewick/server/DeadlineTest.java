package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final CompletableFuture<Long> late = new CompletableFuture<>();
  private final Deadline deadline = new Deadline(vertx, () -> late.complete(System.nanoTime()));

  @AfterEach
  void close() {
    vertx.close();
  }

  private void onLoop(Consumer<Deadline> action) {
    loop.runOnContext(hop -> action.accept(deadline));
  }

  @Test
  void isLateNoSoonerThanWhereItWasMoved() {
    long start = System.nanoTime();
    onLoop(its -> its.within(20));
    onLoop(its -> its.within(200));
    assertThat(Duration.ofNanos(late.orTimeout(10, TimeUnit.SECONDS).join() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(200));
  }

  @Test
  void isLateAsSoonAsWhereItWasMoved() {
    onLoop(its -> its.within(60_000));
    onLoop(its -> its.within(1));
    assertThat(late.orTimeout(10, TimeUnit.SECONDS).join()).isPositive();
  }

  @Test
  void isNeverLateOnceItIsLifted() {
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    onLoop(its -> its.within(20));
    onLoop(Deadline::lift);
    onLoop(its -> vertx.setTimer(100, ended -> later.complete(late.isDone() || its.isSet())));
    assertThat(later.orTimeout(10, TimeUnit.SECONDS).join()).isFalse();
  }
}
