package dev.candlewick.ingest.kafka;

import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.source.IngestKey;
import dev.candlewick.ingest.source.Intake;
import dev.candlewick.ingest.table.Streams;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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
  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*");

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
      try (KafkaConsumer<byte[], byte[]> polling = new KafkaConsumer<>(settings());
          Admin asked = Admin.create(settings())) {
        consumer = polling;
        subscribe(polling);
        follow(polling, asked);
      } catch (WakeupException | InterruptException stopped) {
        LOG.debug("Kafka is no longer read");
      } catch (KafkaException e) {
        LOG.warn("Kafka cannot be read, trying again: {}", e.getMessage());
        pause();
      } finally {
        consumer = null;
        onPartitionsLost(List.copyOf(open.keySet()));
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

  /** The client's own settings, overridden by those that exactly-once depends on. */
  private Properties settings() {
    Properties settings = own();
    settings.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "8388608");
    settings.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304");
    settings.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
    settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000");
    settings.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "3000");
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.group());
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    settings.put(
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
    return settings;
  }

  private Properties own() {
    Properties settings = new Properties();
    Path file = config.properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        settings.load(reader);
      } catch (IOException e) {
        throw new KafkaException("the file of CANDLEWICK_KAFKA_PROPERTIES cannot be read", e);
      }
    }
    return settings;
  }

  private void subscribe(KafkaConsumer<byte[], byte[]> polling) {
    if (NAMES.matcher(config.topics()).matches()) {
      polling.subscribe(Arrays.asList(config.topics().split(",")), this);
    } else {
      polling.subscribe(Pattern.compile(config.topics()), this);
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> polling, Admin asked) {
    while (!stopping) {
      openWaiting(polling, asked);
      throttle(polling);
      try {
        for (ConsumerRecord<byte[], byte[]> record :
            polling.poll(polling.paused().isEmpty() ? POLL : POLL_PAUSED)) {
          KafkaPartition partition =
              open.get(new TopicPartition(record.topic(), record.partition()));
          if (partition != null) {
            partition.offer(record);
          }
        }
      } catch (OffsetOutOfRangeException cutOff) {
        // Retention has cut off the front while it was being read, or the topic is not what it was.
        cutOff.partitions().forEach(this::openAgain);
      }
      report(polling);
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
      Streams.Greeting greeting = hello(partition, asked);
      if (greeting != null && !intake.refuses(greeting.durability())) {
        place(polling, partition, greeting.stream());
      }
      if (halted.containsKey(partition)) {
        waiting.put(partition, each.getValue().later());
      }
    }
  }

  private Streams.@Nullable Greeting hello(TopicPartition partition, Admin asked) {
    if (!intake.troubles().isEmpty()) {
      return null;
    }
    try {
      Map<String, KafkaFuture<TopicDescription>> told =
          asked.describeTopics(List.of(partition.topic())).topicNameValues();
      String id =
          Objects.requireNonNull(told.get(partition.topic()), "every topic asked for is answered")
              .get(ASK.toSeconds(), TimeUnit.SECONDS)
              .topicId()
              .toString();
      boolean same =
          await(intake.withConnection(c -> KafkaTopics.isSame(c, partition.topic(), id)));
      if (!same) {
        halt(partition, "topic " + partition.topic() + " was deleted and created again");
        return null;
      }
      return await(
          intake.withConnection(
              c ->
                  Streams.hello(
                      c, 0, KafkaPartition.streamName(partition), KafkaPartition.NOTHING)));
    } catch (ExecutionException | TimeoutException away) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static <T> T await(Future<T> answer)
      throws ExecutionException, InterruptedException, TimeoutException {
    return answer.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Resumes after what is committed, or says why it cannot. */
  private void place(
      KafkaConsumer<byte[], byte[]> polling, TopicPartition partition, StreamState stream) {
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
        new KafkaPartition(partition, intake, values, intake.quota(IngestKey.NONE).budget());
    opened.open(stream);
    polling.seek(partition, Math.max(next, first));
    polling.resume(List.of(partition));
    waiting.remove(partition);
    halted.remove(partition);
    open.put(partition, opened);
    troubles = List.copyOf(halted.values());
  }

  private void halt(TopicPartition partition, String why) {
    if (halted.put(partition, "kafka_topic_changed: " + why) == null) {
      LOG.error("{}: it is not read until its stream is dealt with; see the runbook", why);
    }
    troubles = List.copyOf(halted.values());
  }

  /**
   * Reports the lag, and moves the group's own offsets to what is committed, for tools that look at
   * them.
   */
  private void report(KafkaConsumer<byte[], byte[]> polling) {
    if (System.nanoTime() - reported < REPORT_NANOS) {
      return;
    }
    reported = System.nanoTime();
    Map<TopicPartition, Long> lag = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    Map<TopicPartition, Long> ends = polling.endOffsets(open.keySet(), ASK);
    open.forEach(
        (name, partition) -> {
          long next = partition.committed() + 1;
          lag.put(name, Math.max(0, ends.getOrDefault(name, next) - next));
          if (next > 0) {
            offsets.put(name, new OffsetAndMetadata(next));
          }
        });
    metrics.lag(lag, halted.size());
    polling.commitAsync(offsets, (done, failed) -> {});
  }
}
