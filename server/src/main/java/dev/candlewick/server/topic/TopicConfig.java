package dev.candlewick.server.topic;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where candles are published.
 *
 * @param bootstrap {@code host:port,...} of some brokers
 * @param topic the topic
 * @param group shared by all instances, under which their position in the topic is kept
 * @param properties a file of the client's own settings, for TLS and SASL; null for none
 */
public record TopicConfig(String bootstrap, String topic, String group, @Nullable Path properties) {
  /**
   * The text, if it is a valid topic name.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String name(String text) {
    if (!text.matches("[A-Za-z0-9._-]{1,249}")) {
      throw new IllegalArgumentException("must be the name of one topic");
    }
    return text;
  }
}
