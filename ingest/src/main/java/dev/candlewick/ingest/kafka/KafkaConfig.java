package dev.candlewick.ingest.kafka;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
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
    String bootstrap, String topics, String group, @Nullable Path properties) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

  /** The topics by their names; empty if they are given by a regular expression. */
  List<String> names() {
    List<String> parts =
        Arrays.stream(topics.split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
    boolean areNames = parts.stream().allMatch(part -> NAME.matcher(part).matches());
    return areNames ? parts : List.of();
  }

  /** Whether messages of this topic are read. */
  public boolean reads(String topic) {
    List<String> names = names();
    return names.isEmpty() ? Pattern.matches(topics, topic) : names.contains(topic);
  }
}
