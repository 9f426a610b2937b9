package dev.candlewick.client;

import java.util.List;

/** A message from the server. */
sealed interface ServerMessage {
  /** The answer to hello: the next seq the server accepts, and how much may be in flight. */
  record Welcome(long nextSeq, Limits limits) implements ServerMessage {}

  /**
   * Every message up to and including {@code committed} is stored.
   *
   * @param rejectedMore rejected rows beyond those listed
   * @param duplicates rows that were already stored, since the last ack
   */
  record Ack(long committed, List<Rejection> rejected, long rejectedMore, long duplicates)
      implements ServerMessage {}

  /** The server is about to stop reading for a while. */
  record Busy(long retryMs) implements ServerMessage {}

  /** The server is about to shut down. */
  record Drain() implements ServerMessage {}

  /** An error; {@code expected} counts for code {@code seq_gap} only. */
  record Failure(String code, String detail, long expected) implements ServerMessage {}

  /** A message of a later server version that this client need not know. */
  record Unknown() implements ServerMessage {}

  /** The server's limits for one message, and for unacked messages. */
  record Limits(long messageBytes, long rows, long inflightMessages, long inflightBytes) {
    /** Nothing, until a welcome gives the limits. */
    static final Limits NONE = new Limits(0, 0, 0, 0);
  }
}
