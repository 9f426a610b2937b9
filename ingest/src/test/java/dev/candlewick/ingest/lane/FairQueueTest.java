package dev.candlewick.ingest.lane;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.RowType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final StreamState STREAM = new StreamState(1, "feed", 1, 1, 0, "");

  private final Budget whole = new Budget(1_000_000);
  private final Budget greedy = whole.share(1_000_000);
  private final Budget small = whole.share(1_000_000);
  private final FairQueue queue = new FairQueue();

  private Message message(Budget of, int bytes) {
    return message(STREAM, of, bytes);
  }

  private static Message message(StreamState stream, Budget of, int bytes) {
    Message.Checked nothing = new Message.Checked(List.of(), List.of());
    Message message =
        Message.ofStream(
            stream, Position.ofNumber(1), RowType.TRADES, nothing, bytes, new AnswerStub());
    message.countIn(of);
    return message;
  }

  private static final class AnswerStub implements Answer {
    @Override
    public void committed(List<Message> messages, Durability durability) {}

    @Override
    public void dropped(Message message, Drop why) {}

    @Override
    public boolean takesPart() {
      return true;
    }
  }

  private List<Integer> order() {
    List<Integer> order = new ArrayList<>();
    for (Message next = queue.poll(); next != null; next = queue.poll()) {
      order.add(next.bytes);
    }
    return order;
  }

  @Test
  void keysTakeTurnsAndEachKeepsItsOrder() {
    for (int i = 1; i <= 4; i++) {
      queue.add(message(greedy, i));
    }
    queue.add(message(small, 100));
    queue.add(message(small, 101));
    assertThat(queue.size()).isEqualTo(6);
    assertThat(order()).containsExactly(1, 100, 2, 101, 3, 4);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void streamsOfAKeyTakeTurnsAndEachKeepsItsOrder() {
    StreamState other = new StreamState(1, "other", 2, 1, 0, "");
    for (int i = 1; i <= 3; i++) {
      queue.add(message(greedy, i));
    }
    queue.add(message(other, greedy, 10));
    queue.add(message(other, greedy, 11));
    queue.add(message(small, 100));
    Message first = requireNonNull(queue.poll());
    assertThat(first.bytes).isEqualTo(1);
    assertThat(order()).containsExactly(100, 10, 2, 11, 3);
  }

  @Test
  void whatIsPutBackComesFirstOfItsKey() {
    queue.add(message(greedy, 2));
    queue.addFirst(message(greedy, 1));
    assertThat(order()).containsExactly(1, 2);
  }

  @Test
  void removesWhileItIsLookedThrough() {
    for (int i = 1; i <= 4; i++) {
      queue.add(message(i % 2 == 0 ? small : greedy, i));
    }
    for (Iterator<Message> each = queue.iterator(); each.hasNext(); ) {
      if (each.next().bytes > 2) {
        each.remove();
      }
    }
    assertThat(queue.size()).isEqualTo(2);
    assertThat(order()).containsExactly(1, 2);
    assertThat(queue.poll()).isNull();
  }

  /** A minute that nobody waits: it would be a test that hangs. */
  @Test
  void whoeverWaitsIsWokenOnceThereIsEnough() throws InterruptedException {
    Thread feed =
        new Thread(
            () -> {
              for (int i = 0; i < 3; i++) {
                queue.add(message(small, 10));
              }
            });
    feed.start();
    queue.awaitFull(new Batch.Bounds(1_000, 30), 60_000_000_000L);
    assertThat(order()).containsExactly(10, 10, 10);
    feed.join();
  }

  @Test
  void whoeverWaitsForAnythingIsWokenByAMessageWithoutRows() throws InterruptedException {
    Thread feed = new Thread(() -> queue.add(message(small, 0)));
    feed.start();
    queue.awaitFull(new Batch.Bounds(0, 0), 60_000_000_000L);
    assertThat(order()).containsExactly(0);
    feed.join();
  }

  @Test
  void aRequestIsNotKeptWaitingForMore() throws InterruptedException {
    Message.Checked nothing = new Message.Checked(List.of(), List.of());
    queue.add(Message.ofRequest(RowType.TRADES, nothing, 10, new AnswerStub(), null));
    queue.awaitFull(new Batch.Bounds(1_000, 1_000), Long.MAX_VALUE / 2);
    assertThat(order()).containsExactly(10);
  }
}
