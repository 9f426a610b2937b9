package dev.candlewick.ingest.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;

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

  private static final long ASK_SECONDS = 5;

  private KafkaTopics() {}

  /** The ids that the brokers have for these topics now; those that do not exist are absent. */
  static Map<String, String> ids(Admin asked, Collection<String> topics)
      throws InterruptedException, TimeoutException {
    Map<String, String> ids = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> told :
        asked.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        TopicDescription topic = told.getValue().get(ASK_SECONDS, TimeUnit.SECONDS);
        ids.put(told.getKey(), topic.topicId().toString());
      } catch (ExecutionException unknown) {
        // There is no such topic, or nobody who could tell.
      }
    }
    return ids;
  }

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
