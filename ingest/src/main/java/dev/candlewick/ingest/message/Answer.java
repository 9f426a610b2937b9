package dev.candlewick.ingest.message;

import java.util.List;

/** Whom a lane answers. Called on the lane's thread; an implementation hops to its own. */
public interface Answer {
  /** COMMIT has returned for all of these, in the order of their seq. */
  void committed(List<Message> messages, Durability durability);

  /** These messages, in the order of their seq, are on the server's own disk, fsynced. */
  default void spooled(List<Message> messages) {}

  /** Some of its messages are held back, since the database cannot be written at the moment. */
  default void heldBack() {}

  /** The message was not written and never will be; why. */
  void dropped(Message message, Drop why);

  /** Why a message was taken out of its batch. */
  enum Drop {
    /** A newer connection holds the stream. */
    FENCED,
    /** The database has gone back to a time before what it had committed of the stream. */
    REWOUND,
    /** Another request with the same Idempotency-Key was committed first. */
    KEY_TAKEN,
    /** The database refused a row of a request that is written whole or not at all. */
    ROW_REFUSED,
    /** The table of its kind is not as the kind is declared. */
    KIND_UNWRITABLE,
    /** COMMIT does not mean on disk, and the operator wants no data taken then. */
    NOT_DURABLE,
    /** Read back from the spool, but what the stream has before it is not stored and not there. */
    GAP,
    /** The server stops before the message could be written. */
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

  /** How what it answers came in, as metrics name it. */
  default String transport() {
    return "websocket";
  }

  /** Whether one bad row leaves the others in place. */
  boolean takesPart();
}
