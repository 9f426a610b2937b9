package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.table.Streams;
import dev.candlewick.net.TextSocket;

/**
 * A hello, retried against the database until it is answered or has waited too long. The welcome is
 * sent once nothing of the stream is left in the spool, so that {@code next_seq} is past everything
 * acked as spooled; and the database is asked again after the older connection is fenced, because
 * from then on that one acks nothing more.
 */
final class Hello {
  private static final long SPOOL_MILLIS = 50;
  private static final long AWAY_MILLIS = 500;
  private static final long LONGEST_NANOS = 10_000_000_000L;

  private final Intake intake;
  private final Sessions sessions;
  private final TextSocket socket;
  private final IngestSession session;
  private final StreamName name;
  private final long deadline = System.nanoTime() + LONGEST_NANOS;

  Hello(
      Intake intake, Sessions sessions, TextSocket socket, IngestSession session, StreamName name) {
    this.intake = intake;
    this.sessions = sessions;
    this.socket = socket;
    this.session = session;
    this.name = name;
  }

  /** Ends with a welcome or with the end of the session. */
  void ask() {
    if (sessions.holdsSpooled(name)) {
      askLater(SPOOL_MILLIS);
    } else {
      sessions
          .hello(name.apiKeyId(), name.stream())
          .onSuccess(this::answered)
          .onFailure(cause -> askLater(AWAY_MILLIS));
    }
  }

  private void askLater(long millis) {
    if (System.nanoTime() > deadline) {
      boolean away = !sessions.holdsSpooled(name) || !intake.troubles().isEmpty();
      session.unavailable(
          away
              ? "the database is away"
              : "messages of the stream are still being written from the spool");
    } else if (socket.isOpen()) {
      socket.context().owner().setTimer(millis, again -> ask());
    }
  }

  private void answered(Sessions.Welcome welcome) {
    Streams.Greeting greeting = welcome.greeting();
    if (intake.refuses(greeting.durability())) {
      session.unavailable("the database is not durable, and must be");
    } else if (socket.isOpen()) {
      sessions.opened(session, welcome);
      if (sessions.holdsSpooled(name)) {
        ask();
      } else {
        session.welcome(greeting);
      }
    }
  }
}
