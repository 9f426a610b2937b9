package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.RowType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One lane without a spool; all else is in {@link SpoolSimulationTest}. */
class LaneTest {
  private static final StreamName NAME = new StreamName(1, "s");

  private final FakeDatabase database = new FakeDatabase(new Random(1), () -> {});
  private final Budget budget = new Budget(100_000);
  private final List<Long> acked = new ArrayList<>();

  private final Answer answer =
      new Answer() {
        @Override
        public void committed(List<Message> messages, Durability durability) {
          messages.forEach(message -> acked.add(message.seq()));
        }

        @Override
        public void dropped(Message message, Drop why) {}

        @Override
        public boolean takesPart() {
          return true;
        }
      };

  @Test
  void aStreamIsInTheNextBatchHoweverMuchAnotherOfItsKeyHasQueued() throws Exception {
    StreamState backfill = database.hello(NAME);
    StreamName liveName = new StreamName(1, "live");
    StreamState live = database.hello(liveName);
    Lane lane = lane(new Batch.Bounds(30, 1 << 20));
    for (long seq = 1; seq <= 60; seq++) {
      lane.submit(message(backfill, seq));
    }
    lane.submit(message(live, 1));
    lane.turn();
    assertThat(database.committed(liveName)).isEqualTo(1);
    assertThat(database.committed(NAME)).isBetween(1L, 59L);
  }

  private Lane lane(Batch.Bounds bounds) {
    return new Lane(
        0,
        database,
        null,
        Lane.Clock.SYSTEM,
        bounds,
        Duration.ZERO,
        new IngestMetrics(new SimpleMeterRegistry(), budget));
  }

  private Message message(StreamState stream, long seq) {
    Message message =
        Message.ofStream(
            stream,
            Position.ofNumber(seq),
            RowType.TRADES,
            SimulatedFeed.rows(stream.name().stream(), seq),
            10,
            answer);
    message.countIn(budget);
    return message;
  }

  @Test
  void aBatchWithMoreLocksThanTheDatabaseHasRoomForIsWrittenInParts() throws Exception {
    StreamState stream = database.hello(NAME);
    database.mostMessages = 2;
    Lane lane = lane(new Batch.Bounds(100, 1 << 20));
    for (long seq = 1; seq <= 7; seq++) {
      lane.submit(message(stream, seq));
    }
    for (int turn = 0; turn < 20 && lane.holdsUnwritten(); turn++) {
      lane.turn();
    }
    assertThat(acked).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(database.committed(NAME)).isEqualTo(7);
    assertThat(lane.holding()).isNull();
    assertThat(budget.used()).isZero();
  }
}
