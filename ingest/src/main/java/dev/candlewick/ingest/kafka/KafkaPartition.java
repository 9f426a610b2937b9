package dev.candlewick.ingest.kafka;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.source.Intake;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A topic-partition as a stream of messages: an offset is a seq. Messages are offered on the
 * polling thread; lanes answer on theirs.
 */
final class KafkaPartition implements Answer {
  /** The position of a stream of which nothing was accepted: offsets start at 0. */
  static final long NOTHING = -1;

  /** How much a partition may have in memory, so that a slow database stops its reading. */
  private static final long MOST_BYTES = 8L << 20;

  final TopicPartition name;
  final String topicId;
  private final Intake intake;
  private final KafkaValue values;
  private final Budget budget;
  private final AtomicLong inFlight = new AtomicLong();
  private volatile long committed = NOTHING;
  private volatile boolean ended;
  private @Nullable StreamState stream;
  private long offered = NOTHING;

  KafkaPartition(
      TopicPartition name, String topicId, Intake intake, KafkaValue values, Budget budget) {
    this.name = name;
    this.topicId = topicId;
    this.intake = intake;
    this.values = values;
    this.budget = budget;
  }

  /** The name of its stream. */
  static String streamName(TopicPartition partition) {
    return StreamName.KAFKA + partition.topic() + "." + partition.partition();
  }

  /** The stream is ours; the next message offered follows what is committed. */
  void open(StreamState state) {
    stream = state;
    offered = state.committedSeq();
    committed = state.committedSeq();
  }

  /** Hands a record to its lane; one that is already known is skipped. */
  void offer(ConsumerRecord<byte[], byte[]> record) {
    StreamState open = stream;
    if (open == null || ended || record.offset() <= offered) {
      return;
    }
    KafkaValue.Read read = values.read(record.value());
    int bytes = Math.max(0, record.serializedValueSize());
    Position position = new Position(offered, record.offset());
    Message message = Message.ofStream(open, position, read.type(), read.checked(), bytes, this);
    offered = record.offset();
    inFlight.addAndGet(weight(message));
    message.countIn(budget);
    intake.submit(message);
  }

  private static long weight(Message message) {
    return message.bytes + 100L * Math.max(1, message.rowsSent());
  }

  /** Whether it has as much in memory as it may. */
  boolean isFull() {
    return inFlight.get() >= MOST_BYTES;
  }

  /** Whether the stream belongs to someone else, or has moved: it must be opened again. */
  boolean hasEnded() {
    return ended;
  }

  /**
   * The first offset that may not be in the database.
   *
   * @param position from where the consumer goes on: markers and aborted messages before it have no
   *     rows to commit
   */
  long next(long position) {
    long next = committed + 1;
    return next > offered ? Math.max(next, position) : next;
  }

  @Override
  public String transport() {
    return "kafka";
  }

  @Override
  public boolean takesPart() {
    return true;
  }

  @Override
  public boolean stillWanted() {
    return !ended;
  }

  @Override
  public void committed(List<Message> messages, Durability durability) {
    committed = messages.get(messages.size() - 1).seq();
    messages.stream().filter(message -> !message.spooled).forEach(this::answered);
  }

  @Override
  public void spooled(List<Message> messages) {
    messages.forEach(this::answered);
  }

  @Override
  public void dropped(Message message, Drop why) {
    ended = true;
    answered(message);
  }

  private void answered(Message message) {
    inFlight.addAndGet(-weight(message));
  }
}
