package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.table.Streams;
import dev.candlewick.net.TextSocket;

/**
 * A hello, asked of the database until it is answered or has waited for too long. Greets once
 * nothing of the stream is in the spool, so that {@code next_seq} lies beyond all that was told as
 * spooled; asked again after the older connection is fenced: from then on it tells nothing more.
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

  /** Ends in a welcome or in the session's end. */
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
