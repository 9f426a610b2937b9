package dev.candlewick.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.table.Streams;
import dev.candlewick.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams whose positions leave gaps, as those of a source other than a socket may. */
class PositionIT {
  private static final Answer NOBODY =
      new Answer() {
        @Override
        public void committed(List<Message> messages, Durability durability) {}

        @Override
        public void dropped(Message message, Drop why) {}

        @Override
        public boolean takesPart() {
          return true;
        }
      };

  private static Batch batch(StreamState stream, long... positions) {
    Batch batch = new Batch();
    for (int i = 1; i < positions.length; i++) {
      batch.add(
          Message.ofStream(
              stream,
              new Position(positions[i - 1], positions[i]),
              RowType.TRADES,
              new Message.Checked(List.of(), List.of()),
              1,
              NOBODY));
    }
    return batch;
  }

  @Test
  void aStreamMovesFromPositionToPositionWhateverLiesBetween() throws SQLException {
    try (Connection connection = TestDatabase.shared().connect()) {
      connection.setAutoCommit(false);
      StreamState stream = Streams.hello(connection, 0, "gaps").stream();
      assertThat(Streams.advance(connection, batch(stream, 0, 7, 30)).stored()).isEmpty();
      Batch overlapping = batch(stream, 7, 30, 31);
      assertThat(Streams.advance(connection, overlapping).stored())
          .as("what is behind the position is stored")
          .containsExactly(overlapping.messages().get(0));
      assertThat(Streams.advance(connection, batch(stream, 30, 4_000)).stored()).isEmpty();
      Streams.Advance skipping = Streams.advance(connection, batch(stream, 4_001, 4_002));
      assertThat(skipping.rewound()).as("the database lacks a message between").hasSize(1);
      assertThat(Streams.hello(connection, 0, "gaps").stream().committedSeq()).isEqualTo(4_000);
      connection.rollback();
    }
  }
}
