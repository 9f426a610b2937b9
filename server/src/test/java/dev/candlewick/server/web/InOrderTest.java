package dev.candlewick.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InOrderTest {
  private final List<Integer> begun = new ArrayList<>();

  @Test
  void eachWaitsForTheOneBefore() {
    List<Promise<Void>> running = List.of(Promise.promise(), Promise.promise());
    Future<Void> done =
        InOrder.each(
            List.of(0, 1),
            i -> {
              begun.add(i);
              return running.get(i).future();
            });
    assertThat(begun).containsExactly(0);
    running.get(0).complete();
    assertThat(begun).containsExactly(0, 1);
    assertThat(done.isComplete()).isFalse();
    running.get(1).complete();
    assertThat(done.succeeded()).isTrue();
  }

  @Test
  void theFirstFailureEndsIt() {
    Future<Void> done =
        InOrder.each(
            List.of(1, 2, 3),
            i -> {
              begun.add(i);
              return i == 2 ? Future.failedFuture("two") : Future.succeededFuture();
            });
    assertThat(begun).containsExactly(1, 2);
    assertThat(done.cause()).hasMessage("two");
  }

  @Test
  void anExceptionAfterAWaitIsAFailureToo() {
    Promise<Void> first = Promise.promise();
    Future<Void> done =
        InOrder.each(
            List.of(1, 2),
            i -> {
              if (i == 2) {
                throw new IllegalStateException("two");
              }
              return first.future();
            });
    first.complete();
    assertThat(done.cause()).hasMessage("two");
  }

  @Test
  void manyThatHaveSucceededAlreadyDoNotNest() {
    List<Integer> items = IntStream.range(0, 200_000).boxed().toList();
    Future<Void> done =
        InOrder.each(
            items,
            i -> {
              begun.add(i);
              return Future.succeededFuture();
            });
    assertThat(done.succeeded()).isTrue();
    assertThat(begun).isEqualTo(items);
  }
}
