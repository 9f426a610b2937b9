package dev.candlewick.ingest.message;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Messages written in one transaction, and the state of writing them. Owned by one lane's thread.
 */
public final class Batch {
  private final List<Message> messages = new ArrayList<>();
  private int rows;
  private long bytes;

  /**
   * Write row by row: with ON CONFLICT, halving down to a row the database refuses, and continuing
   * without a kind of record whose table it refuses.
   */
  public boolean carefully;

  /**
   * When a batch is full.
   *
   * @param bytes of messages
   */
  public record Bounds(int rows, long bytes) {
    /** Whether the message still fits; any message fits an empty batch. */
    public boolean fit(Batch batch, Message next) {
      return batch.isEmpty()
          || (batch.rows + next.rows.size() <= rows && batch.bytes + next.bytes <= bytes);
    }
  }

  public void add(Message message) {
    messages.add(message);
    rows += message.rows.size();
    bytes += message.bytes;
  }

  public List<Message> messages() {
    return messages;
  }

  public boolean isEmpty() {
    return messages.isEmpty();
  }

  public int rows() {
    return rows;
  }

  public long bytes() {
    return bytes;
  }

  public void startAttempt() {
    messages.forEach(Message::startAttempt);
  }

  /** Takes messages out. */
  public void remove(List<Message> taken) {
    Set<Message> out = new HashSet<>(taken);
    for (Message message : taken) {
      rows -= message.rows.size();
      bytes -= message.bytes;
    }
    messages.removeIf(out::contains);
  }

  /** Whether its messages were read back from the spool. */
  public boolean isSpooled() {
    return !messages.isEmpty() && messages.get(0).spooled;
  }

  /** The messages by where to answer them, in order. */
  public static Map<Answer, List<Message>> byAnswer(List<Message> messages) {
    Map<Answer, List<Message>> byAnswer = new LinkedHashMap<>();
    for (Message message : messages) {
      byAnswer.computeIfAbsent(message.answer, answer -> new ArrayList<>()).add(message);
    }
    return byAnswer;
  }
}
