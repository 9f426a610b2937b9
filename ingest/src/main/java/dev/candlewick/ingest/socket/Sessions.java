package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.lane.Spooler;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.table.Streams;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Which session holds which stream on this server, and whether the database still agrees. */
public final class Sessions {
  private static final long LOOK_EVERY_MILLIS = 2_000;

  private final Vertx vertx;
  private final Intake intake;
  private final @Nullable Spooler spooler;
  private final Map<StreamName, Held> held = new ConcurrentHashMap<>();
  private final AtomicBoolean asking = new AtomicBoolean();
  private final AtomicLong turns = new AtomicLong();
  private volatile boolean looking;
  private volatile boolean away;

  private record Held(IngestSession session, StreamState stream, long turn, long committed) {
    Held asItIs() {
      return new Held(session, stream, turn, session.committed());
    }
  }

  /**
   * The result of a hello.
   *
   * @param turn later hellos of the same stream have a greater one
   */
  record Welcome(Streams.Greeting greeting, long turn) {}

  /** {@code spooler}: null if messages are not spooled. */
  public Sessions(Vertx vertx, Intake intake, @Nullable Spooler spooler) {
    this.vertx = vertx;
    this.intake = intake;
    this.spooler = spooler;
  }

  /** Starts watching the streams. */
  public void start() {
    vertx.setPeriodic(LOOK_EVERY_MILLIS, tick -> look());
  }

  /** Whether messages are spooled while the database is unavailable. */
  boolean spools() {
    return spooler != null;
  }

  /** Whether messages of this stream are on this server's disk and not known to be stored. */
  boolean holdsSpooled(StreamName stream) {
    return spooler != null && spooler.holds(stream);
  }

  /** While the database is unavailable, one hello at a time tries it; the others fail at once. */
  Future<Welcome> hello(int apiKeyId, String stream) {
    boolean asks = asking.compareAndSet(false, true);
    if (away && !asks) {
      return Future.failedFuture("the database is away");
    }
    return intake
        .withConnection(
            connection -> {
              Streams.Greeting greeting = Streams.hello(connection, apiKeyId, stream);
              // The stream's row is locked until COMMIT, so turns are in the order of epochs.
              return new Welcome(greeting, turns.incrementAndGet());
            })
        .onComplete(
            answer -> {
              away = answer.failed();
              if (asks) {
                asking.set(false);
              }
            });
  }

  /** From which seq the database wants a stream's messages, whoever holds it. */
  Future<Long> nextSeq(StreamName name) {
    return intake
        .withConnection(connection -> Streams.look(connection, List.of(name)))
        .map(found -> nextSeq(found.get(name)));
  }

  private static long nextSeq(@Nullable StreamState stream) {
    return stream == null ? 1 : stream.committedSeq() + 1;
  }

  /**
   * Of two sessions for a stream, the one that said hello first is fenced, whichever gets here
   * first.
   */
  synchronized void opened(IngestSession session, Welcome welcome) {
    StreamState stream = welcome.greeting().stream();
    Held before = held.get(stream.name());
    if (before != null && before.turn() > welcome.turn()) {
      session.fence();
      return;
    }
    held.put(stream.name(), new Held(session, stream, welcome.turn(), stream.committedSeq()));
    if (before == null) {
      intake.metrics().sessionOpened();
    } else if (before.session() != session) {
      before.session().fence();
    }
  }

  synchronized void closed(IngestSession session) {
    held.values()
        .removeIf(
            one -> {
              boolean itsOwn = one.session() == session;
              if (itsOwn) {
                intake.metrics().sessionClosed();
              }
              return itsOwn;
            });
  }

  /**
   * A feed that does not write for a long time would not notice that its stream was taken over on
   * another server, or that the database has gone back to before what it was told. One query for
   * all streams.
   */
  private void look() {
    List<Held> now = held.values().stream().map(Held::asItIs).toList();
    if (now.isEmpty() || looking) {
      return;
    }
    looking = true;
    List<StreamName> names = now.stream().map(one -> one.stream().name()).toList();
    intake
        .withConnection(connection -> Streams.look(connection, names))
        .onSuccess(found -> now.forEach(one -> tell(one, found.get(one.stream().name()))))
        .onComplete(done -> looking = false);
  }

  private static void tell(Held held, @Nullable StreamState now) {
    switch (Streams.sort(held.stream(), now, held.committed())) {
      case AS_BEFORE -> {}
      case FENCED -> held.session().fence();
      case REWOUND -> held.session().rewound(nextSeq(now));
    }
  }

  /** Tells feeds that the server is stopping and accepts nothing more. */
  public void drain() {
    held.values().forEach(one -> one.session().drain());
  }

  /** Waits, at most until then, until no feed is being read. */
  public void awaitDrained(Instant end) throws InterruptedException {
    while (Instant.now().isBefore(end)
        && held.values().stream().anyMatch(one -> !one.session().isDrained())) {
      Thread.sleep(20);
    }
  }

  /** Closes the feeds' connections; everything accepted has been answered. */
  public void goAway() {
    held.values().forEach(one -> one.session().goAway());
  }
}
