package dev.candlewick.ingest.socket;

import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.socket.SessionJson.Known;
import dev.candlewick.ingest.socket.SessionJson.Refused;
import java.util.ArrayList;
import java.util.List;

/** The contents of a session's next ack. While a client does not read, acks are merged into one. */
final class PendingAck {
  private static final int MOST_REJECTED_TOLD = 100;

  private final boolean tellsSpooled;
  private long committed;
  private long spooled;
  private Durability durability;
  private long duplicates;
  private long conflicts;
  private long rejectedMore;
  private List<Refused> rejected = new ArrayList<>();
  private boolean due;

  PendingAck(long committed, Durability durability, boolean tellsSpooled) {
    this.tellsSpooled = tellsSpooled;
    this.committed = committed;
    this.spooled = committed;
    this.durability = durability;
  }

  /** Something sent before must be acked again. */
  void again() {
    due = true;
  }

  /** Everything up to this seq is on the server's own disk. */
  void spooled(long seq) {
    due = true;
    spooled = Math.max(spooled, seq);
  }

  void add(Message message, Durability now) {
    due = true;
    committed = message.seq();
    spooled = Math.max(spooled, committed);
    durability = now;
    duplicates += message.duplicates;
    conflicts += message.conflicts;
    for (Rejection rejection : message.rejections()) {
      if (rejected.size() < MOST_REJECTED_TOLD) {
        rejected.add(new Refused(message.seq(), rejection));
      } else {
        rejectedMore++;
      }
    }
  }

  boolean isDue() {
    return due;
  }

  /** The ack; the next one starts empty. */
  String take() {
    long told = tellsSpooled ? spooled : -1;
    String ack =
        SessionJson.ack(
            committed, told, rejected, rejectedMore, new Known(duplicates, conflicts), durability);
    due = false;
    duplicates = 0;
    conflicts = 0;
    rejectedMore = 0;
    rejected = new ArrayList<>();
    return ack;
  }
}
