package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.table.BatchTransaction;
import dev.candlewick.ingest.table.BatchTransaction.DroppedException;
import dev.candlewick.ingest.table.BatchTransaction.StoredException;
import dev.candlewick.ingest.table.Streams;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What the write way knows of the database, in memory: streams with their epochs and how far they
 * are committed, transactions that fail, and replies to COMMIT that are lost. Refuses to hold a
 * message twice.
 */
final class FakeDatabase implements Lane.Database {
  private final Random random;
  private final Runnable meanwhile;
  private final Map<StreamName, StreamState> streams = new HashMap<>();
  private final Set<String> stored = new HashSet<>();

  /** Whether it can be reached. */
  boolean up = true;

  /** How often a transaction fails, before or after its COMMIT. */
  double failures;

  /** It has no room for the locks of more messages in one transaction. */
  int mostMessages = Integer.MAX_VALUE;

  /** {@code meanwhile} is what others do while a transaction runs. */
  FakeDatabase(Random random, Runnable meanwhile) {
    this.random = random;
    this.meanwhile = meanwhile;
  }

  StreamState hello(StreamName name) {
    StreamState before = streams.get(name);
    StreamState now =
        before == null
            ? new StreamState(name.apiKeyId(), name.stream(), streams.size() + 1L, 1, 0, "holder 1")
            : new StreamState(
                name.apiKeyId(),
                name.stream(),
                before.number(),
                before.epoch() + 1,
                before.committedSeq(),
                "holder " + (before.epoch() + 1));
    streams.put(name, now);
    return now;
  }

  long committed(StreamName name) {
    StreamState stream = streams.get(name);
    return stream == null ? 0 : stream.committedSeq();
  }

  boolean holds(String what) {
    return stored.contains(what);
  }

  /** How a message is known to be the same. */
  static String what(Message message) {
    Trade trade = (Trade) message.rows.get(0);
    return trade.instrument().symbol() + " " + trade.price();
  }

  @Override
  public Durability write(Batch batch) throws SQLException, DroppedException, StoredException {
    meanwhile.run();
    fail();
    List<Message> spooled = batch.messages().stream().filter(message -> message.spooled).toList();
    Map<StreamName, Streams.Greeting> found = new HashMap<>();
    streams.forEach((name, state) -> found.put(name, new Streams.Greeting(state, Durability.FULL)));
    BatchTransaction.place(spooled, found);
    List<Message> before = new ArrayList<>();
    List<Message> fenced = new ArrayList<>();
    Map<StreamName, Long> ends = new HashMap<>();
    for (Message message : batch.messages()) {
      sort(message, ends, before, fenced);
    }
    if (!before.isEmpty()) {
      throw new StoredException(before, Durability.FULL);
    }
    if (!fenced.isEmpty()) {
      throw new DroppedException(fenced, Drop.FENCED);
    }
    fail();
    if (batch.messages().size() > mostMessages) {
      throw new SQLException("out of shared memory", "53200");
    }
    batch.messages().forEach(message -> assertThat(stored.add(what(message))).isTrue());
    ends.forEach((name, end) -> streams.computeIfPresent(name, (key, at) -> moved(at, end)));
    meanwhile.run();
    fail();
    return Durability.FULL;
  }

  private void sort(
      Message message, Map<StreamName, Long> ends, List<Message> before, List<Message> fenced) {
    if (message.isRequest) {
      if (holds(what(message))) {
        before.add(message);
      }
      return;
    }
    StreamName name = message.stream().name();
    StreamState now = streams.get(name);
    if (now == null || now.epoch() != message.stream().epoch()) {
      fenced.add(message);
    } else if (message.seq() <= now.committedSeq()) {
      before.add(message);
    } else {
      long expected = ends.getOrDefault(name, now.committedSeq()) + 1;
      assertThat(message.seq()).as("follows on what is committed").isEqualTo(expected);
      ends.put(name, message.seq());
    }
  }

  private static StreamState moved(StreamState from, long committed) {
    return new StreamState(
        from.apiKeyId(), from.stream(), from.number(), from.epoch(), committed, from.holder());
  }

  private void fail() throws SQLException {
    if (!up || random.nextDouble() < failures) {
      throw new SQLException("connection lost", "08006");
    }
  }
}
