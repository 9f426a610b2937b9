package dev.candlewick.ingest.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which topic a stream's offsets refer to: a topic that was created again has the old name and
 * another id.
 */
final class KafkaTopics {
  private static final String SAME =
      """
      insert into ingest.kafka_topics as t (topic, topic_id) values (?, ?)
      on conflict (topic) do update set topic_id = t.topic_id
      returning topic_id = ?
      """;

  private KafkaTopics() {}

  /** Whether the topic is the one that was read before, or was never read. */
  static boolean isSame(Connection connection, String topic, String id) throws SQLException {
    try (PreparedStatement same = connection.prepareStatement(SAME)) {
      same.setString(1, topic);
      same.setString(2, id);
      same.setString(3, id);
      try (ResultSet row = same.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
