package dev.candlewick.ingest.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The consumer's settings: the operator's own file decides all but what exactly-once needs. */
final class KafkaSettings {
  /** A new topic, or a new partition, is seen within the age of the metadata. */
  private static final Map<String, String> UNLESS_SET =
      Map.of(
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG, "8388608",
          ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304",
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000",
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "10000",
          ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "3000",
          ConsumerConfig.METADATA_MAX_AGE_CONFIG, "5000");

  /** Reading a topic must not create it: one that was deleted would come back empty. */
  private static final Map<String, String> ALWAYS =
      Map.of(
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false",
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
          ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName(),
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());

  private KafkaSettings() {}

  static Properties of(KafkaConfig config) {
    Properties settings = new Properties();
    settings.putAll(UNLESS_SET);
    settings.putAll(own(config.properties()));
    settings.putAll(ALWAYS);
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrap());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.group());
    return settings;
  }

  private static Properties own(@Nullable Path file) {
    Properties settings = new Properties();
    if (file != null) {
      try (Reader reader = Files.newBufferedReader(file)) {
        settings.load(reader);
      } catch (IOException e) {
        throw new KafkaException("the file of CANDLEWICK_KAFKA_PROPERTIES cannot be read", e);
      }
    }
    return settings;
  }
}
