package dev.candlewick.ingest;

import dev.candlewick.ingest.kafka.KafkaConfig;
import dev.candlewick.ingest.socket.Limits;
import dev.candlewick.ingest.spool.SpoolConfig;
import dev.candlewick.record.Retention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the write way.
 *
 * @param database the primary
 * @param lanes writer threads, each with a connection of its own; 1 to 64
 * @param batchRows rows at which a batch closes; 1 to 100 000
 * @param batchBytes bytes of messages at which a batch closes
 * @param batchAge how long a batch waits for more rows at most
 * @param budgetBytes bytes of messages in memory, of the whole process
 * @param keyBudgetBytes of one API key
 * @param limits what one WebSocket client may send
 * @param bodyBytes a REST body's size, inflated
 * @param strictDurability refuse to take data where COMMIT does not mean on disk
 * @param retention how long what is taken is kept; older rows are refused
 * @param spool where messages wait while the database is away; null where they do not
 * @param kafka what is read from Kafka; null for nothing
 */
public record IngestConfig(
    Database database,
    int lanes,
    int batchRows,
    int batchBytes,
    Duration batchAge,
    long budgetBytes,
    long keyBudgetBytes,
    Limits limits,
    int bodyBytes,
    boolean strictDurability,
    Retention retention,
    @Nullable SpoolConfig spool,
    @Nullable KafkaConfig kafka) {

  /** A database in JDBC terms; the password is never printed. */
  public record Database(String jdbcUrl, String user, String password) {
    @Override
    public String toString() {
      return jdbcUrl + " as " + user;
    }
  }
}
