package dev.candlewick.ingest.kafka;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where messages are read from Kafka.
 *
 * @param bootstrap {@code host:port,...} of some brokers
 * @param topics names separated by commas, or a regular expression
 * @param group the consumer group: instances with the same one share the partitions
 * @param properties a file of the client's own settings, for TLS and SASL; null for none
 */
public record KafkaConfig(
    String bootstrap, String topics, String group, @Nullable Path properties) {}
