package dev.candlewick.torture;

import dev.candlewick.server.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * A producer that has a partition to itself, and takes for acked what the database says is
 * committed. Transactions that it aborts in between leave gaps in the offsets, and rows that must
 * never be stored.
 */
final class KafkaClient extends Client {
  static final String TOPIC = "torture";
  static final int PARTITIONS = 4;

  private static final int WINDOW = 200;
  private static final int ABORT_EVERY = 50;
  private static final int LOOK_EVERY = 10;
  private static final long NEVER = 8_000_000;

  private final Stage stage;
  private final int partition;
  private final KafkaProducer<String, String> producer;

  /** The last row of each message that is not yet acked, by its offset. */
  private final TreeMap<Long, Long> unacked = new TreeMap<>();

  private long made;

  KafkaClient(Stage stage, int partition, long seed) {
    super("kafka-" + partition, stage.folder(), seed);
    this.stage = stage;
    this.partition = partition;
    this.producer = stage.broker().producer();
  }

  @Override
  String stream() {
    return "kafka." + TOPIC + "." + partition;
  }

  @Override
  String column() {
    return "market.trades.price";
  }

  @Override
  void attempt() {
    if (makesMore() && unacked.size() < WINDOW) {
      send(make(++made));
      if (made % ABORT_EVERY == 0) {
        abort();
      }
    }
    if (!makesMore() || unacked.size() >= WINDOW || made % LOOK_EVERY == 0) {
      look();
    }
    ServerProcess.sleep(20);
  }

  private ProducerRecord<String, String> record(JsonArray rows) {
    JsonObject value =
        new JsonObject()
            .put("t", "trades")
            .put("venue", "torture")
            .put("symbol", name)
            .put("rows", rows);
    return new ProducerRecord<>(TOPIC, partition, name, value.encode());
  }

  /** Returns once the broker has it; the producer itself sees to it that it has it once. */
  private void send(Message message) {
    try {
      long offset =
          producer.send(record(new JsonArray(message.rows(TestRow::trade)))).get().offset();
      journal.at(message.seq(), offset);
      unacked.put(offset, message.last());
    } catch (ExecutionException e) {
      wrong("the broker did not take message " + message.seq() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void abort() {
    try (KafkaProducer<String, String> aborting = stage.broker().producer(name)) {
      aborting.initTransactions();
      aborting.beginTransaction();
      aborting.send(record(new JsonArray().add(TestRow.trade(NEVER))));
      aborting.flush();
      aborting.abortTransaction();
    } catch (KafkaException notNow) {
      // The broker aborts what was begun once its time is up.
      ServerProcess.sleep(50);
    }
  }

  private void look() {
    long committed =
        stage
            .database()
            .number(
                "select coalesce(max(committed_seq), -1) from ingest.streams where stream = '%s'"
                    .formatted(stream()));
    NavigableMap<Long, Long> done = unacked.headMap(committed, true);
    Map.Entry<Long, Long> last = done.lastEntry();
    if (last != null) {
      done.clear();
      acked(last.getValue());
    }
  }
}
