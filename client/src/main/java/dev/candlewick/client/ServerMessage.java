package dev.candlewick.client;

import java.util.List;

/** What the server says. */
sealed interface ServerMessage {
  /** The answer to hello: the next seq the server takes, and how much may be in flight. */
  record Welcome(long nextSeq, Limits limits) implements ServerMessage {}

  /**
   * Every message up to and including {@code committed} is stored.
   *
   * @param rejectedMore rejected rows beyond those listed
   * @param duplicates rows found stored already, since the last ack
   */
  record Ack(long committed, List<Rejection> rejected, long rejectedMore, long duplicates)
      implements ServerMessage {}

  /** The server is about to stop reading for a while. */
  record Busy(long retryMs) implements ServerMessage {}

  /** The server is about to shut down. */
  record Drain() implements ServerMessage {}

  /** An error; {@code expected} counts for code {@code seq_gap} only. */
  record Failure(String code, String detail, long expected) implements ServerMessage {}

  /** A message of a later server that this client need not know. */
  record Unknown() implements ServerMessage {}

  /** What the server takes at once: of one message, and of messages not yet acked. */
  record Limits(long messageBytes, long rows, long inflightMessages, long inflightBytes) {
    /** Nothing, until a welcome has told. */
    static final Limits NONE = new Limits(0, 0, 0, 0);
  }
}
