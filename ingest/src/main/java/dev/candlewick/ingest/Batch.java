package dev.candlewick.ingest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages written in one transaction, and how the writing goes. Owned by one lane's thread. */
final class Batch {
  private final List<Message> messages = new ArrayList<>();
  private int rows;
  private long bytes;

  /** An attempt ended with its outcome unknown or failed. */
  boolean triedBefore;

  /** Row by row rules: ON CONFLICT, and halving down to a row the database refuses. */
  boolean carefully;

  void add(Message message) {
    messages.add(message);
    rows += message.rows.size();
    bytes += message.bytes;
  }

  List<Message> messages() {
    return messages;
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  int rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  void startAttempt() {
    messages.forEach(Message::startAttempt);
  }

  /** Takes messages out and tells whom they came from. */
  void drop(List<Message> dropped, Answer.Drop why) {
    messages.removeAll(dropped);
    dropped.forEach(message -> message.answer.dropped(message, why));
  }

  void answer(Answer.Durability durability) {
    Map<Answer, List<Message>> byAnswer = new LinkedHashMap<>();
    for (Message message : messages) {
      byAnswer.computeIfAbsent(message.answer, answer -> new ArrayList<>()).add(message);
    }
    byAnswer.forEach((answer, answered) -> answer.committed(answered, durability));
  }
}
