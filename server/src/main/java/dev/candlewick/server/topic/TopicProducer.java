package dev.candlewick.server.topic;

import dev.candlewick.record.Timeframe;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One Kafka transaction per batch. All instances share one transactional id, so whoever opens it
 * shuts everyone else out: an instance that was frozen cannot finish anything.
 */
final class TopicProducer implements AutoCloseable {
  private final TopicConfig config;
  private final Properties settings;
  private final Producer<byte[], byte[]> producer;

  /** Where the number of the last batch is kept: as the offset of a separate group. */
  private final TopicPartition place;

  private final String group;

  /**
   * Opens it, and ends what another instance had started.
   *
   * @throws KafkaException if Kafka does not answer, or refuses
   */
  TopicProducer(TopicConfig config) {
    this.config = config;
    this.group = config.group() + "." + config.topic();
    this.place = new TopicPartition(config.topic(), 0);
    this.settings = settings();
    this.producer = new KafkaProducer<>(settings);
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Properties settings() {
    Properties all = new Properties();
    Path file = config.properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        all.load(reader);
      } catch (IOException e) {
        throw new KafkaException("the file of CANDLEWICK_KAFKA_PROPERTIES cannot be read", e);
      }
    }
    all.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
    all.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
    all.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000");
    all.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group);
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
    return all;
  }

  /**
   * The number of the last committed batch, 0 if Kafka knows of none.
   *
   * @throws KafkaException if Kafka does not answer
   */
  long lastNumber() throws InterruptedException {
    try (Admin admin = Admin.create(settings)) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin
              .listConsumerGroupOffsets(
                  group, new ListConsumerGroupOffsetsOptions().requireStable(true))
              .partitionsToOffsetAndMetadata()
              .get(10, TimeUnit.SECONDS);
      OffsetAndMetadata number = offsets.get(place);
      return number == null ? 0 : number.offset();
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("the last batch cannot be found", e);
    }
  }

  /**
   * Publishes all of them, and the batch's number, or nothing.
   *
   * @throws KafkaException if the outcome is unknown; then open it again
   */
  @SuppressWarnings("removal") // Nothing else names a group without members yet.
  void tell(long number, List<Told> batch) {
    producer.beginTransaction();
    for (Told told : batch) {
      producer.send(new ProducerRecord<>(config.topic(), key(told.due().series()), told.value()));
    }
    producer.sendOffsetsToTransaction(
        Map.of(place, new OffsetAndMetadata(number)), new ConsumerGroupMetadata(group));
    producer.commitTransaction();
  }

  private static byte[] key(Due.Series series) {
    String timeframe = Timeframe.ofSeconds(series.timeframe()).text();
    return (series.venue() + ":" + series.symbol() + ":" + timeframe)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
  }
}
