package dev.candlewick.ingest.message;

import java.util.List;

/**
 * Where a lane sends its answers. Called on the lane's thread; implementations switch to their own.
 */
public interface Answer {
  /** All of these are committed, in the order of their seq. */
  void committed(List<Message> messages, Durability durability);

  /** These messages, in the order of their seq, are fsynced on the server's own disk. */
  default void spooled(List<Message> messages) {}

  /** Some of its messages are held back because the database cannot be written at the moment. */
  default void heldBack() {}

  /** The message was not written and never will be, and why. */
  void dropped(Message message, Drop why);

  /** Why a message was taken out of its batch. */
  enum Drop {
    /** A newer connection holds the stream. */
    FENCED,
    /** The database has gone back to before what it had committed of the stream. */
    REWOUND,
    /** Another request with the same Idempotency-Key was committed first. */
    KEY_TAKEN,
    /** The database refused a row of a request that is written whole or not at all. */
    ROW_REFUSED,
    /** The table of its kind does not match the declaration. */
    KIND_UNWRITABLE,
    /** COMMIT does not mean on disk, and the operator wants no data accepted then. */
    NOT_DURABLE,
    /** Read back from the spool, but its predecessor in the stream is neither stored nor there. */
    GAP,
    /** The server stopped before the message could be written. */
    STOPPED
  }

  /** What COMMIT means on this database. */
  enum Durability {
    FULL,
    DEGRADED;

    public String word() {
      return this == FULL ? "full" : "degraded";
    }
  }

  /** Whether the message is still wanted; asked once, before it joins a batch. */
  default boolean stillWanted() {
    return true;
  }

  /** How its messages arrived, as named in metrics. */
  default String transport() {
    return "websocket";
  }

  /** Whether one invalid row leaves the others in place. */
  boolean takesPart();
}
