package dev.candlewick.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages from a real broker, each stored once whatever happens. */
class KafkaIT {
  private static final TestDatabase DATABASE = TestDatabase.shared();
  private static final KafkaBroker BROKER = KafkaBroker.shared();
  private static int topics;

  private String topic;

  @BeforeEach
  void aTopicOfItsOwn() {
    DATABASE.clear();
    topic = "trades-" + ++topics;
    BROKER.create(topic, 2, Map.of());
  }

  private RunningServer server() {
    return server(topic);
  }

  private RunningServer server(String topicsRead) {
    return server(Map.of("KAFKA_TOPICS", topicsRead));
  }

  private RunningServer server(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("KAFKA_BOOTSTRAP", BROKER.bootstrap());
    settings.put("KAFKA_TOPICS", topic);
    settings.put("KAFKA_GROUP", topic);
    settings.putAll(more);
    return RunningServer.with(settings);
  }

  private static String trade(long id) {
    return """
    {"t":"trades","venue":"kafka","symbol":"A","rows":[{"ts":%d,"price":%d,"size":1,"id":%d}]}\
    """
        .formatted(1_767_225_600_000L + id, 100 + id, id);
  }

  private static long stored() {
    return DATABASE.number("select count(*) from market.trades");
  }

  private static void await(LongSupplier value, long wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (value.getAsLong() != wanted && System.nanoTime() < end) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    assertThat(value.getAsLong()).isEqualTo(wanted);
  }

  private long committed(int partition) {
    return DATABASE.number(
        "select coalesce(max(committed_seq), -2) from ingest.streams where stream = 'kafka."
            + topic
            + "."
            + partition
            + "'");
  }

  @Test
  void storesMessagesAndRowsAndPassesWhatItCannotRead() {
    BROKER.send(
        topic,
        0,
        trade(1),
        "{\"venue\":\"kafka\",\"symbol\":\"A\",\"ts\":1767225600500,\"price\":7,\"size\":1,\"id\":99}",
        "no JSON",
        "{\"venue\":\"kafka\",\"symbol\":\"A\",\"ts\":1767225600500,\"bid\":7,\"ask\":8}",
        "{\"t\":\"trades\",\"rows\":[{\"ts\":1767225600500,\"price\":7,\"size\":1}]}",
        trade(2));
    BROKER.send(topic, 1, trade(3));
    try (RunningServer server = server()) {
      await(() -> committed(0), 5);
      await(KafkaIT::stored, 4);
      assertThat(DATABASE.number("select count(*) from market.quotes")).isOne();
      assertThat(
              DATABASE.text(
                  "select string_agg(seq || ' ' || code, ', ' order by seq) from ingest.rejects"))
          .isEqualTo("2 bad_type, 4 missing_field");
      awaitLag(server, topic, 0);
      assertThat(server.get("/metrics").body()).contains("transport=\"kafka\"");
    }
  }

  @Test
  void goesOnWhereTheDatabaseStandsAfterAStopAndAfterAKilledBroker() {
    BROKER.send(topic, 0, trade(1), trade(2));
    try (RunningServer first = server()) {
      await(() -> committed(0), 1);
    }
    BROKER.send(topic, 0, trade(3));
    try (RunningServer second = server()) {
      await(() -> committed(0), 2);
      BROKER.kill();
      BROKER.start();
      BROKER.send(topic, 0, trade(4));
      await(() -> committed(0), 3);
      assertThat(stored()).isEqualTo(4);
      assertThat(DATABASE.number("select sum(rows) from ingest.streams where stream like 'kafka%'"))
          .isEqualTo(4);
    }
  }

  @Test
  void readsOnlyCommittedTransactionsAndPassesTheGapsTheyLeave() {
    try (KafkaProducer<String, String> producer = BROKER.producer(topic)) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "key", trade(1)));
      producer.commitTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "key", trade(2)));
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, "key", trade(3)));
      producer.commitTransaction();
    }
    try (RunningServer server = server()) {
      await(() -> committed(0), 4);
      assertThat(DATABASE.text("select string_agg(trade_id::text, ',') from market.trades"))
          .isEqualTo("1,3");
      // The marker at the end is no message that is waited for.
      awaitLag(server, topic, 0);
    }
  }

  private static void awaitLag(RunningServer server, String of, int messages) {
    String lag = "candlewick_kafka_lag_messages{partition=\"0\",topic=\"%s\"} %d.0";
    await(() -> server.get("/metrics").body().contains(lag.formatted(of, messages)) ? 1 : 0, 1);
  }

  @Test
  void readsATopicThatAppearsLaterAndFitsTheExpression() {
    String later = "l".repeat(240 - topic.length()) + topic;
    try (RunningServer server = server(".*" + topic)) {
      BROKER.send(topic, 0, trade(1));
      await(KafkaIT::stored, 1);
      BROKER.create(later, 1, Map.of());
      BROKER.send(later, 0, trade(2), "no JSON");
      await(KafkaIT::stored, 2);
      await(() -> DATABASE.number("select count(*) from ingest.rejects"), 1);
      assertThat(server.get("/v1/rejects?stream=kafka." + later + ".0").body())
          .contains("the value cannot be read");
    }
  }

  @Test
  void readsAListOfTopicsHoweverItIsSpacedAndCreatesNone() {
    BROKER.send(topic, 0, trade(1));
    try (RunningServer server = server("missing-" + topic + " , " + topic + ",")) {
      await(KafkaIT::stored, 1);
      assertThat(BROKER.topics()).contains(topic).doesNotContain("missing-" + topic);
    }
  }

  @Test
  void tellsWhatATopicsRetentionDroppedAndGoesOn() {
    BROKER.send(topic, 0, trade(1), trade(2));
    try (RunningServer first = server()) {
      await(() -> committed(0), 1);
    }
    BROKER.send(topic, 0, trade(3), trade(4), trade(5));
    BROKER.cut(topic, 0, 4);
    try (RunningServer second = server()) {
      await(() -> committed(0), 4);
      assertThat(stored()).isEqualTo(3);
      assertThat(second.get("/metrics").body())
          .contains("candlewick_kafka_lost_messages_total 2.0");
    }
  }

  @Test
  void doesNotGoOnInSilenceWithATopicThatWasMadeAnew() {
    BROKER.send(topic, 0, trade(1), trade(2));
    try (RunningServer first = server()) {
      await(() -> committed(0), 1);
    }
    BROKER.delete(topic);
    BROKER.create(topic, 2, Map.of());
    BROKER.send(topic, 0, trade(7), trade(8), trade(9));
    try (RunningServer second = server()) {
      await(() -> second.get("/readyz").body().contains("kafka_topic_changed") ? 1 : 0, 1);
      // The instance works on, for other topics and for readers.
      assertThat(second.get("/readyz").statusCode()).isEqualTo(200);
      assertThat(stored()).isEqualTo(2);
    }
  }

  @Test
  void sharesPartitionsAmongInstancesAndStoresEachRowOnce() {
    try (RunningServer first = server();
        RunningServer second = server()) {
      for (int i = 0; i < 200; i++) {
        BROKER.send(topic, i % 2, trade(i));
        if (i == 100) {
          second.close();
        }
      }
      await(KafkaIT::stored, 200);
      await(() -> committed(0) + committed(1), 198);
      assertThat(DATABASE.number("select sum(rows) from ingest.streams where stream like 'kafka%'"))
          .isEqualTo(200);
    }
  }

  @Test
  void passesWhatACompactedTopicHasLeftOutAndItsTombstones() {
    String compacted = "compacted-" + topic;
    BROKER.create(
        compacted,
        1,
        Map.of(
            "cleanup.policy", "compact", "segment.ms", "50", "min.cleanable.dirty.ratio", "0.01"));
    try (KafkaProducer<String, String> producer = BROKER.producer()) {
      producer.send(new ProducerRecord<>(compacted, 0, "a", trade(1)));
      producer.send(new ProducerRecord<>(compacted, 0, "a", trade(2)));
      producer.flush();
      // A segment that is written to is not compacted.
      ServerProcess.sleep(100);
      producer.send(new ProducerRecord<>(compacted, 0, "b", trade(3)));
      producer.send(new ProducerRecord<>(compacted, 0, "c", null));
    }
    ServerProcess.await(
        "offset 0 is gone",
        Duration.ofSeconds(60),
        () -> BROKER.committed(compacted).stream().noneMatch(one -> one.contains("\"id\":1}")));
    topic = compacted;
    try (RunningServer server = server()) {
      await(() -> committed(0), 3);
      assertThat(DATABASE.text("select string_agg(trade_id::text, ',') from market.trades"))
          .isEqualTo("2,3");
      assertThat(DATABASE.number("select count(*) from ingest.rejects")).isZero();
    }
  }

  @Test
  void anInstanceThatIsFrozenForLongIsFollowedAndWakesWithoutHarm() {
    String[] settings = {
      "KAFKA_BOOTSTRAP",
      BROKER.bootstrap(),
      "KAFKA_TOPICS",
      topic,
      "KAFKA_GROUP",
      topic,
      "RETENTION_TRADES",
      "none"
    };
    long frozen;
    try (ServerProcess first = ServerProcess.on(DATABASE, settings);
        ServerProcess second = ServerProcess.on(DATABASE, settings)) {
      long sent = 0;
      sent = send(sent, 200);
      await(KafkaIT::stored, sent);
      first.freeze();
      frozen = System.nanoTime();
      sent = send(sent, 400);
      await(KafkaIT::stored, sent);
      Duration away = Duration.ofNanos(System.nanoTime() - frozen);
      assertThat(away).as("taken over").isLessThan(Duration.ofSeconds(40));
      first.thaw();
      for (int i = 0; i < 10; i++) {
        sent = send(sent, 50);
      }
      await(KafkaIT::stored, sent);
      await(() -> committed(0) + committed(1) + 2, sent);
      assertThat(DATABASE.number("select sum(rows) from ingest.streams where stream like 'kafka%'"))
          .isEqualTo(sent);
      second.close();
      first.freeze();
      BROKER.delete(topic);
      BROKER.create(topic, 2, Map.of());
      // It has come further than what is committed, so that no offset is out of its range.
      send(0, 1_400);
      first.thaw();
      ServerProcess.await(
          "a topic made again while nobody looked is told",
          Duration.ofSeconds(40),
          () -> first.get("/readyz").body().contains("kafka_topic_changed"));
    }
  }

  /** So many more messages, by turns to both partitions. */
  private long send(long before, int more) {
    try (KafkaProducer<String, String> producer = BROKER.producer()) {
      for (long i = before; i < before + more; i++) {
        producer.send(new ProducerRecord<>(topic, (int) (i % 2), "key", trade(i)));
      }
    }
    return before + more;
  }

  @Test
  void tellsTheLagAlsoOfPartitionsItIsGivenWhileTheDatabaseIsAwayAndThenReadsThem() {
    try (DatabaseProxy proxy = new DatabaseProxy(DATABASE.url());
        RunningServer server = server(Map.of("DB_URL", proxy.url()));
        KafkaConsumer<String, String> member = BROKER.member(topic)) {
      BROKER.send(topic, 0, trade(1));
      await(KafkaIT::stored, 1);
      awaitLag(server, topic, 0);
      proxy.away();
      member.subscribe(List.of(topic));
      while (member.assignment().isEmpty()) {
        member.poll(Duration.ofMillis(50));
      }
      member.close();
      for (long id = 2; id < 22; id++) {
        BROKER.send(topic, 0, trade(id));
      }
      awaitLag(server, topic, 20);
      proxy.back();
      await(KafkaIT::stored, 21);
      awaitLag(server, topic, 0);
    }
  }

  @Test
  void noFeedTakesThePositionOfATopic() {
    BROKER.send(topic, 0, trade(1));
    try (RunningServer server = server();
        IngestSocket feed = IngestSocket.open(server.uri(""))) {
      await(() -> committed(0), 0);
      feed.say("{\"t\":\"hello\",\"v\":1,\"stream\":\"kafka." + topic + ".0\"}");
      assertThat(feed.next().getString("detail"))
          .isEqualTo("stream: names that begin with kafka. belong to topics");
      assertThat(feed.closeCode()).isEqualTo(4400);
    }
  }

  @Test
  void takesAValueOfAMegabyteHoweverManyRowsItHas() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      rows.append(i == 0 ? "" : ",")
          .append(
              "{\"ts\":%d,\"price\":1.5,\"size\":1,\"id\":%d}".formatted(1_767_225_600_000L, i));
    }
    String value =
        "{\"t\":\"trades\",\"venue\":\"kafka\",\"symbol\":\"B\",\"rows\":[" + rows + "]}";
    assertThat(value.length()).isGreaterThan(1_000_000);
    BROKER.send(topic, 0, value, trade(1));
    try (RunningServer server = server()) {
      await(() -> committed(0), 1);
      assertThat(stored()).isEqualTo(20_001);
    }
  }
}
