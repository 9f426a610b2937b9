package dev.candlewick.ingest.kafka;

import static java.util.stream.Collectors.toSet;

import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.table.Streams;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages from Kafka: the group decides which partitions this instance reads, the database decides
 * where each one resumes. One thread polls, whatever else happens, so that the group keeps this
 * member; paused partitions wait for the database, for their stream, and for room in memory.
 */
public final class KafkaSource implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSource.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** While a partition waits for room, which may come any moment. */
  private static final Duration POLL_PAUSED = Duration.ofMillis(5);

  private static final Duration ASK = Duration.ofSeconds(5);
  private static final long OPEN_AGAIN_NANOS = 500_000_000L;

  /** Whatever waits for an operator is checked less and less often. */
  private static final long MOST_NANOS = 30_000_000_000L;

  private static final long REPORT_NANOS = 2_000_000_000L;

  private final Intake intake;
  private final KafkaConfig config;
  private final KafkaMetrics metrics;
  private final KafkaValue values;
  private final Thread thread = new Thread(this::run, "candlewick-kafka");
  private final Map<TopicPartition, KafkaPartition> open = new HashMap<>();
  private final Map<TopicPartition, Retry> waiting = new HashMap<>();
  private final Map<TopicPartition, String> halted = new HashMap<>();
  private volatile List<String> troubles = List.of();
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile boolean stopping;
  private long reported;

  /**
   * When to try to open a partition.
   *
   * @param pause from then to the next attempt, in nanoseconds
   */
  private record Retry(long at, long pause) {
    static Retry in(long nanos) {
      return new Retry(System.nanoTime() + nanos, OPEN_AGAIN_NANOS);
    }

    boolean isDue() {
      return System.nanoTime() - at >= 0;
    }

    Retry later() {
      return new Retry(System.nanoTime() + pause, Math.min(2 * pause, MOST_NANOS));
    }
  }

  public KafkaSource(Intake intake, KafkaConfig config, int bodyBytes, KafkaMetrics metrics) {
    this.intake = intake;
    this.config = config;
    this.metrics = metrics;
    this.values = new KafkaValue(intake, bodyBytes);
  }

  public void start() {
    thread.start();
  }

  /** Stops reading; what was accepted is still written. */
  public void drain() {
    stopping = true;
    KafkaConsumer<byte[], byte[]> polling = consumer;
    if (polling != null) {
      polling.wakeup();
    }
  }

  public void awaitStop() throws InterruptedException {
    thread.join(TimeUnit.SECONDS.toMillis(5));
  }

  /** Topics that wait for an operator. */
  public List<String> troubles() {
    return troubles;
  }

  private void run() {
    while (!stopping) {
      try {
        read(KafkaSettings.of(config));
      } catch (WakeupException | InterruptException stopped) {
        LOG.debug("Kafka is no longer read");
      } catch (KafkaException e) {
        LOG.warn("Kafka cannot be read, trying again: {}", e.getMessage());
        pause();
      } finally {
        consumer = null;
        open.clear();
        waiting.clear();
        halted.clear();
      }
    }
  }

  private void read(Properties settings) {
    try (KafkaConsumer<byte[], byte[]> polling = new KafkaConsumer<>(settings);
        Admin asked = Admin.create(settings)) {
      consumer = polling;
      List<String> names = config.names();
      if (names.isEmpty()) {
        polling.subscribe(Pattern.compile(config.topics()), this);
      } else {
        polling.subscribe(names, this);
      }
      while (!stopping) {
        follow(polling, asked);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> polling, Admin asked) {
    try {
      openWaiting(polling, asked);
      throttle(polling);
      for (ConsumerRecord<byte[], byte[]> record :
          polling.poll(polling.paused().isEmpty() ? POLL : POLL_PAUSED)) {
        KafkaPartition partition = open.get(new TopicPartition(record.topic(), record.partition()));
        if (partition != null) {
          partition.offer(record);
        }
      }
      report(polling, asked);
    } catch (OffsetOutOfRangeException cutOff) {
      // Retention has cut off the front while it was being read, or the topic is not what it was.
      cutOff.partitions().forEach(this::openAgain);
    } catch (RetriableException notNow) {
      LOG.warn("Kafka does not answer, trying again: {}", notNow.getMessage());
      pause();
    }
  }

  /** A partition with too much in memory is not read until some of it is in the database. */
  private void throttle(KafkaConsumer<byte[], byte[]> polling) {
    boolean room = intake.quota(IngestKey.NONE).budget().hasRoom();
    Set<TopicPartition> paused = polling.paused();
    for (Map.Entry<TopicPartition, KafkaPartition> each : List.copyOf(open.entrySet())) {
      KafkaPartition partition = each.getValue();
      if (partition.hasEnded()) {
        openAgain(each.getKey());
      } else if (partition.isFull() || !room) {
        polling.pause(List.of(each.getKey()));
      } else if (paused.contains(each.getKey())) {
        polling.resume(List.of(each.getKey()));
      }
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    KafkaConsumer<byte[], byte[]> polling = consumer;
    if (polling == null) {
      return;
    }
    for (TopicPartition partition : partitions) {
      // The database decides where it resumes; until then nothing is fetched from anywhere.
      polling.seek(partition, 0);
      polling.pause(List.of(partition));
      waiting.put(partition, Retry.in(0));
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      open.remove(partition);
      waiting.remove(partition);
      halted.remove(partition);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    onPartitionsRevoked(partitions);
  }

  private void openAgain(TopicPartition partition) {
    open.remove(partition);
    waiting.put(partition, Retry.in(OPEN_AGAIN_NANOS));
  }

  private void openWaiting(KafkaConsumer<byte[], byte[]> polling, Admin asked) {
    for (Map.Entry<TopicPartition, Retry> each : List.copyOf(waiting.entrySet())) {
      TopicPartition partition = each.getKey();
      if (!each.getValue().isDue()) {
        continue;
      }
      polling.pause(List.of(partition));
      waiting.put(partition, Retry.in(OPEN_AGAIN_NANOS));
      open(polling, asked, partition);
      if (halted.containsKey(partition)) {
        waiting.put(partition, each.getValue().later());
      }
    }
  }

  private void open(KafkaConsumer<byte[], byte[]> polling, Admin asked, TopicPartition partition) {
    if (!intake.troubles().isEmpty()) {
      return;
    }
    String topic = partition.topic();
    try {
      String id = KafkaTopics.ids(asked, List.of(topic)).get(topic);
      if (id == null) {
        return;
      }
      if (!await(intake.withConnection(c -> KafkaTopics.isSame(c, topic, id)))) {
        halt(partition, "topic " + topic + " was deleted and created again");
        return;
      }
      String name = KafkaPartition.streamName(partition);
      Streams.Greeting greeting =
          await(intake.withConnection(c -> Streams.hello(c, 0, name, KafkaPartition.NOTHING)));
      if (!intake.refuses(greeting.durability())) {
        place(polling, partition, id, greeting.stream());
      }
    } catch (ExecutionException | TimeoutException away) {
      LOG.debug("{} cannot be opened yet", partition, away);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(Future<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Resumes after what is committed, or says why it cannot. */
  private void place(
      KafkaConsumer<byte[], byte[]> polling,
      TopicPartition partition,
      String topicId,
      StreamState stream) {
    long next = stream.committedSeq() + 1;
    long first = polling.beginningOffsets(List.of(partition), ASK).getOrDefault(partition, 0L);
    long end = polling.endOffsets(List.of(partition), ASK).getOrDefault(partition, 0L);
    if (next > end && next > 0 && stream.committedSeq() >= 0 && end <= stream.committedSeq()) {
      halt(
          partition,
          "topic %s partition %d ends at offset %d, before offset %d, which is committed"
              .formatted(partition.topic(), partition.partition(), end, stream.committedSeq()));
      return;
    }
    if (first > next && stream.committedSeq() >= 0) {
      metrics.lost(first - next);
      LOG.warn(
          "topic {} partition {}: offsets {} to {} were dropped by the topic before they were read",
          partition.topic(),
          partition.partition(),
          next,
          first - 1);
    }
    KafkaPartition opened =
        new KafkaPartition(
            partition, topicId, intake, values, intake.quota(IngestKey.NONE).budget());
    opened.open(stream);
    polling.seek(partition, Math.max(next, first));
    polling.resume(List.of(partition));
    waiting.remove(partition);
    halted.remove(partition);
    open.put(partition, opened);
    troubles = halted.values().stream().distinct().toList();
  }

  private void halt(TopicPartition partition, String why) {
    if (halted.put(partition, "kafka_topic_changed: " + why) == null) {
      LOG.error("{}: it is not read until its stream is dealt with; see the runbook", why);
    }
    troubles = halted.values().stream().distinct().toList();
  }

  /**
   * Reports the lag, and moves the group's own offsets to what is committed, for tools that look at
   * them. Where the database could not yet tell what is committed, they tell the lag.
   */
  private void report(KafkaConsumer<byte[], byte[]> polling, Admin asked) {
    if (System.nanoTime() - reported < REPORT_NANOS) {
      return;
    }
    reported = System.nanoTime();
    findMadeAgain(asked);
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    open.forEach(
        (name, partition) -> {
          long next = partition.next(polling.position(name));
          if (next > 0) {
            offsets.put(name, new OffsetAndMetadata(next));
          }
        });
    polling.commitAsync(Map.copyOf(offsets), (done, failed) -> {});
    if (!waiting.isEmpty()) {
      offsets.putAll(polling.committed(waiting.keySet(), ASK));
    }
    Map<TopicPartition, Long> lag = new HashMap<>();
    polling
        .endOffsets(polling.assignment(), ASK)
        .forEach(
            (name, end) -> {
              OffsetAndMetadata next = offsets.get(name);
              lag.put(name, Math.max(0, end - (next == null ? 0 : next.offset())));
            });
    metrics.lag(lag, open.size(), halted.size());
  }

  /** A topic that was created again goes on at the old offsets, if it has come so far. */
  private void findMadeAgain(Admin asked) {
    try {
      Set<String> topics = open.keySet().stream().map(TopicPartition::topic).collect(toSet());
      Map<String, String> ids = KafkaTopics.ids(asked, topics);
      for (KafkaPartition partition : List.copyOf(open.values())) {
        if (!partition.topicId.equals(
            ids.getOrDefault(partition.name.topic(), partition.topicId))) {
          openAgain(partition.name);
        }
      }
    } catch (TimeoutException notNow) {
      LOG.debug("the topics could not be looked at", notNow);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
