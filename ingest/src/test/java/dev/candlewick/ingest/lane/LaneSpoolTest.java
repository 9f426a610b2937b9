package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.spool.FakeDisk;
import dev.candlewick.ingest.spool.Spool;
import dev.candlewick.ingest.spool.SpoolConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes to disk in one group; all else is in {@link SpoolSimulationTest}. */
class LaneSpoolTest {
  private static final StreamState STREAM = new StreamState(1, "s", 1, 1, 0, "holder");

  private final Budget budget = new Budget(1_000);
  private final FairQueue queue = new FairQueue();
  private final Told told = new Told();
  private final FakeDisk disk = new FakeDisk(new Random(1));
  private LaneSpool lane = lane(Long.MAX_VALUE);

  /** Remembers what it was told. */
  private static final class Told implements Answer {
    final List<Long> spooled = new ArrayList<>();
    boolean wanted = true;

    @Override
    public void spooled(List<Message> messages) {
      messages.forEach(message -> spooled.add(message.seq()));
    }

    @Override
    public void committed(List<Message> messages, Durability durability) {}

    @Override
    public void dropped(Message message, Drop why) {}

    @Override
    public boolean stillWanted() {
      return wanted;
    }

    @Override
    public boolean takesPart() {
      return true;
    }
  }

  private LaneSpool lane(long bytes) {
    Spool spool = Spool.open(disk, new SpoolConfig(Path.of("spool"), bytes, 0), 1);
    SpoolMetrics metrics = new SpoolMetrics(new SimpleMeterRegistry(), spool);
    LaneSpool made = new LaneSpool(spool, 0, metrics, () -> {});
    made.serve(queue);
    return made;
  }

  private void submit(long seq, int rows) {
    Row row = SimulatedFeed.rows("s", seq).rows().get(0);
    Message.Checked checked = new Message.Checked(Collections.nCopies(rows, row), List.of());
    submit(Message.ofStream(STREAM, Position.ofNumber(seq), RowType.TRADES, checked, 10, told));
  }

  private void submit(Message message) {
    message.countIn(budget);
    queue.add(message);
  }

  @BeforeEach
  void turnOn() {
    lane.turnOn(List.of());
  }

  @Test
  void aMessageLargerThanAGroupGoesAlone() throws Exception {
    submit(1, 1);
    submit(2, 200_000);
    submit(3, 1);
    assertThat(lane.fill()).isTrue();
    assertThat(told.spooled).containsExactly(1L);
    assertThat(lane.fill()).isTrue();
    assertThat(told.spooled).containsExactly(1L, 2L);
    assertThat(lane.fill()).isTrue();
    assertThat(told.spooled).containsExactly(1L, 2L, 3L);
    assertThat(queue.isEmpty()).isTrue();
    assertThat(budget.used()).isZero();
  }

  @Test
  void takesAsManyAsThereIsRoomForAndLeavesTheOthersInMemory() throws Exception {
    lane = lane(1_000);
    turnOn();
    submit(1, 1);
    long ofOne = budget.used();
    for (long seq = 2; seq <= 20; seq++) {
      submit(seq, 1);
    }
    assertThat(lane.fill()).isTrue();
    assertThat(lane.fill()).isFalse();
    assertThat(told.spooled).hasSizeBetween(2, 10).startsWith(1L, 2L);
    assertThat(queue.size()).isEqualTo(20 - told.spooled.size());
    assertThat(budget.used()).isEqualTo(ofOne * queue.size());
  }

  @Test
  void requestsAndWhatIsFencedAreNotSpooled() throws Exception {
    Message.Checked rows = SimulatedFeed.rows("s", 1);
    submit(Message.ofRequest(RowType.TRADES, rows, 10, told, null));
    long ofTheRequest = budget.used();
    submit(1, 1);
    told.wanted = false;
    assertThat(lane.fill()).isFalse();
    assertThat(told.spooled).isEmpty();
    assertThat(queue.size()).isEqualTo(1);
    assertThat(budget.used()).isEqualTo(ofTheRequest);
    assertThat(disk.list()).isEmpty();
  }

  @Test
  void aBatchEndsBeforeASeqThatDoesNotFollow() throws Exception {
    for (long seq : new long[] {1, 2, 1, 2, 3}) {
      submit(seq, 1);
    }
    lane.fill();
    assertThat(nextBatch()).containsExactly(1L, 2L);
    assertThat(nextBatch()).containsExactly(1L, 2L, 3L);
    assertThat(nextBatch()).isEmpty();
  }

  private List<Long> nextBatch() throws InterruptedException {
    List<Message> messages = lane.nextBatch(new Batch.Bounds(100, 100_000)).messages();
    return messages.stream().map(Message::seq).toList();
  }
}
