package dev.candlewick.bench;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The same trades through Kafka, in the bench's own topic, which is deleted at the end. */
public final class KafkaBench implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final String COMMITTED =
      "select coalesce(sum(rows), 0) from ingest.streams where stream like 'kafka.%'";
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final String bootstrap;
  private final String topic = "candlewick-bench-" + ProcessHandle.current().pid();
  private final Admin admin;

  private KafkaBench(String bootstrap) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /**
   * Creates the topic.
   *
   * @param bootstrap {@code host:port,...} of some brokers
   */
  public static KafkaBench open(String bootstrap)
      throws ExecutionException, InterruptedException, TimeoutException {
    KafkaBench kafka = new KafkaBench(bootstrap);
    NewTopic wanted = new NewTopic(kafka.topic, PARTITIONS, (short) 1);
    kafka.admin.createTopics(List.of(wanted)).all().get(30, TimeUnit.SECONDS);
    return kafka;
  }

  /** What tells the server to read it. */
  public Map<String, String> environment() {
    return Map.of(
        "CANDLEWICK_KAFKA_BOOTSTRAP", bootstrap,
        "CANDLEWICK_KAFKA_TOPICS", topic,
        "CANDLEWICK_KAFKA_GROUP", topic);
  }

  /**
   * Sends them in one transaction, which the server sees when it ends, so that only reading is
   * measured; rows per second from then until all are committed in the database.
   */
  double rate(Database database, List<BenchTrades.Message> messages) throws Exception {
    List<byte[]> values = new ArrayList<>(messages.size());
    long rows = 0;
    for (BenchTrades.Message message : messages) {
      values.add(
          ("{\"t\":\"trades\"," + message.body().substring(1)).getBytes(StandardCharsets.US_ASCII));
      rows += message.rows();
    }
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("transactional.id", topic);
    settings.put("linger.ms", "5");
    settings.put("batch.size", "262144");
    settings.put("key.serializer", ByteArraySerializer.class.getName());
    settings.put("value.serializer", ByteArraySerializer.class.getName());
    // One connection: opening one each time would cost the database more than the rows do.
    try (Connection connection = database.connect();
        PreparedStatement asked = connection.prepareStatement(COMMITTED);
        Producer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int i = 0; i < values.size(); i++) {
        producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, values.get(i)));
      }
      producer.flush();
      long wanted = committed(asked) + rows;
      long start = System.nanoTime();
      producer.commitTransaction();
      while (committed(asked) < wanted) {
        if (System.nanoTime() - start > LONGEST_NANOS) {
          throw new TimeoutException("not everything is read from Kafka after two minutes");
        }
        Thread.sleep(5);
      }
      return rows / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static long committed(PreparedStatement asked) throws SQLException {
    try (ResultSet row = asked.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() {
    admin.deleteTopics(List.of(topic));
    admin.close();
  }
}
