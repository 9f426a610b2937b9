package dev.candlewick.ingest.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candlewick.ingest.lane.Simulation.Server;
import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.row.InstrumentKey;
import dev.candlewick.ingest.row.RowType;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.socket.IngestSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feed that may turn to either server, and remembers what it was told. */
final class SimulatedFeed {
  private static final int WINDOW = 12;

  private final Simulation world;
  private final StreamName name;
  private Session session;
  private long toldCommitted;
  private long toldSpooled;

  SimulatedFeed(Simulation world, StreamName name) {
    this.world = world;
    this.name = name;
    this.session = new Session(null, 0, 0);
  }

  /** One connection. */
  final class Session implements Answer {
    private final @Nullable Server server;
    private final long epoch;
    private long next;
    private long committed;
    private long spooled;
    private boolean open;

    Session(@Nullable Server server, long epoch, long committed) {
      this.server = server;
      this.epoch = epoch;
      this.committed = committed;
      this.spooled = committed;
      this.next = committed + 1;
      this.open = server != null;
    }

    @Override
    public boolean takesPart() {
      return true;
    }

    @Override
    public boolean stillWanted() {
      return open;
    }

    @Override
    public void spooled(List<Message> messages) {
      for (Message message : messages) {
        if (open) {
          assertThat(message.seq()).as("acks go up").isGreaterThan(spooled);
          spooled = message.seq();
          toldSpooled = Math.max(toldSpooled, spooled);
        }
      }
    }

    @Override
    public void committed(List<Message> messages, Durability durability) {
      for (Message message : messages) {
        assertThat(world.database.holds(FakeDatabase.what(message))).as("acked is stored").isTrue();
        if (open) {
          assertThat(message.seq()).as("each is acked once, in order").isEqualTo(committed + 1);
          committed = message.seq();
          toldCommitted = Math.max(toldCommitted, committed);
        }
      }
    }

    @Override
    public void dropped(Message message, Drop why) {
      assertThat(why).isEqualTo(Drop.FENCED);
      open = false;
    }
  }

  /** A request by REST: stored before it is answered. */
  record Request(FakeDatabase database) implements Answer {
    @Override
    public void committed(List<Message> messages, Durability durability) {
      assertThat(database.holds(FakeDatabase.what(messages.get(0)))).isTrue();
    }

    @Override
    public void dropped(Message message, Drop why) {
      throw new AssertionError("a request was dropped: " + why);
    }

    @Override
    public boolean takesPart() {
      return true;
    }
  }

  static Message.Checked rows(String symbol, long number) {
    InstrumentKey instrument = new InstrumentKey("venue", symbol);
    return new Message.Checked(
        List.of(
            new Trade(
                instrument,
                0,
                number,
                number,
                1,
                (short) 0,
                (short) 0,
                number,
                null,
                Trade.Action.NONE)),
        List.of());
  }

  /** Says hello to one of the servers, as {@link IngestSession} takes it. */
  void connect() {
    boolean spooling = world.random.nextInt(3) > 0;
    Server server = world.server(spooling);
    if (!world.database.up || server.holdsSpooled(name)) {
      return;
    }
    StreamState state = world.database.hello(name);
    Session opened = new Session(server, state.epoch(), state.committedSeq());
    Session older = server.sessions.put(name, opened);
    if (older != null) {
      older.open = false;
    }
    session = opened;
    assertThat(opened.committed).as("acks never go down").isGreaterThanOrEqualTo(toldCommitted);
    if (spooling) {
      assertThat(opened.committed)
          .as("beyond what was spooled")
          .isGreaterThanOrEqualTo(toldSpooled);
    }
  }

  /** Sends what its window has room for. */
  void send() {
    Session on = session;
    for (int i = world.random.nextInt(4); i > 0 && on.server != null && on.open; i--) {
      if (on.next - Math.max(on.committed, on.spooled) > WINDOW) {
        return;
      }
      StreamState state =
          new StreamState(name.apiKeyId(), name.stream(), 1, on.epoch, 0, "holder " + on.epoch);
      long seq = on.next++;
      Message message =
          Message.ofStream(
              state, Position.ofNumber(seq), RowType.TRADES, rows(name.stream(), seq), 10, on);
      on.server.submit(message, name.hashCode() & 1);
    }
  }

  /** Its server has died. */
  void lost(Server server) {
    if (session.server == server) {
      session.open = false;
    }
  }

  /** It goes away for good. */
  void leave() {
    session.open = false;
  }

  /** All that was ever told is stored, without a hole. */
  void checkTold() {
    long committed = world.database.committed(name);
    assertThat(committed).isGreaterThanOrEqualTo(toldCommitted).isGreaterThanOrEqualTo(toldSpooled);
    for (long seq = 1; seq <= committed; seq++) {
      assertThat(world.database.holds(name.stream() + " " + (double) seq)).isTrue();
    }
  }

  /** A new connection is taken at once, and its next message is written. */
  void checkGoesOn(Runnable turn) {
    Server server = world.server(true);
    assertThat(server.holdsSpooled(name)).isFalse();
    StreamState state = world.database.hello(name);
    Session last = new Session(server, state.epoch(), state.committedSeq());
    Message.Checked rows = rows(name.stream(), last.next);
    server.submit(
        Message.ofStream(state, Position.ofNumber(last.next), RowType.TRADES, rows, 10, last), 0);
    for (int i = 0; i < 20 && last.committed < last.next; i++) {
      turn.run();
    }
    assertThat(last.committed).isEqualTo(last.next);
  }
}
