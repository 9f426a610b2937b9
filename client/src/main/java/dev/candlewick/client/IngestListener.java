package dev.candlewick.client;

import java.io.IOException;

/** What happens to a stream besides acks. Called on the client's threads: return at once. */
public interface IngestListener {
  /** A row was rejected for good. Called before its message counts as committed. */
  void rejected(Rejection rejection);

  /** The connection is gone; the client reconnects by itself. */
  default void disconnected(IOException cause) {}
}
