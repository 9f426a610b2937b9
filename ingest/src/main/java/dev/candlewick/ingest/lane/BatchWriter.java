package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.change.ChangeNotifier;
import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.Position;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.table.BatchTransaction;
import dev.candlewick.ingest.table.BatchTransaction.DroppedException;
import dev.candlewick.ingest.table.BatchTransaction.StoredException;
import dev.candlewick.ingest.table.InstrumentIds;
import dev.candlewick.ingest.table.SqlStates;
import dev.candlewick.ingest.table.SqlStates.Verdict;
import dev.candlewick.ingest.table.Streams;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane's connection to the database: each attempt takes a connection, assigns the batch's
 * requests their seqs, and discards a connection that may be broken. Used only by the lane's
 * thread.
 */
public final class BatchWriter implements Lane.Database {
  private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);

  private final String serverStream;
  private final ConnectionSource connections;
  private final InstrumentIds instrumentIds;
  private final boolean strictDurability;
  private final ChangeNotifier notifier;
  private final IngestMetrics metrics;
  private @Nullable StreamState ownStream;
  private long ownCommitted;

  /** Where a lane gets its connections, and where it discards one that may be broken. */
  public interface ConnectionSource {
    Connection take() throws SQLException;

    void evict(Connection connection);
  }

  public BatchWriter(
      int lane,
      ConnectionSource connections,
      InstrumentIds instrumentIds,
      boolean strictDurability,
      ChangeNotifier notifier,
      IngestMetrics metrics) {
    this.serverStream = "rest-" + lane + "-" + UUID.randomUUID();
    this.connections = connections;
    this.instrumentIds = instrumentIds;
    this.strictDurability = strictDurability;
    this.notifier = notifier;
    this.metrics = metrics;
  }

  /**
   * One attempt. A bug of ours is treated like any other failure, and the batch is held: a lane
   * never ends and skips nothing.
   */
  @Override
  public Durability write(Batch batch) throws SQLException, DroppedException, StoredException {
    Connection connection = connections.take();
    try {
      placeRequests(connection, batch);
      long start = System.nanoTime();
      Durability durability =
          new BatchTransaction(connection, batch, instrumentIds, strictDurability).write();
      long nanos = System.nanoTime() - start;
      notifier.committed();
      connection.close();
      ownCommitted += batch.messages().stream().filter(message -> message.isRequest).count();
      metrics.committed(batch, nanos);
      return durability;
    } catch (SQLException e) {
      discard(connection, e);
      throw e;
    } catch (RuntimeException e) {
      LOG.error("a batch of {} rows could not be written", batch.rows(), e);
      connections.evict(connection);
      throw new SQLException("a defect of the server", "XX000", e);
    } catch (StoredException e) {
      connection.rollback();
      connection.close();
      // The attempt that stored them may have failed before it got here.
      notifier.committed();
      e.messages.forEach(Message::foundStored);
      ownCommitted += e.messages.stream().filter(message -> message.isRequest).count();
      metrics.stored(e.messages);
      throw e;
    } catch (DroppedException e) {
      connection.rollback();
      connection.close();
      throw renewOwnStream(e);
    }
  }

  /**
   * REST requests use a stream of the lane's own, so that a lost COMMIT reply is resolved the same
   * way. Each attempt numbers them from that stream's position: the same batch gets the same
   * numbers.
   */
  private void placeRequests(Connection connection, Batch batch) throws SQLException {
    long seq = ownCommitted;
    for (Message message : batch.messages()) {
      if (message.isRequest) {
        StreamState own = ownStream;
        if (own == null) {
          own = Streams.hello(connection, StreamState.SERVER, serverStream).stream();
          connection.commit();
          ownStream = own;
        }
        message.place(own, Position.ofNumber(++seq));
      }
    }
  }

  /**
   * Only the lane writes its own stream: if the position is not what it left there, it starts over.
   */
  private DroppedException renewOwnStream(DroppedException e) {
    boolean ofStream = e.why == Drop.FENCED || e.why == Drop.REWOUND;
    if (!ofStream || e.messages.stream().noneMatch(message -> message.isRequest)) {
      return e;
    }
    ownStream = null;
    ownCommitted = 0;
    return new DroppedException(
        e.messages.stream().filter(message -> !message.isRequest).toList(), e.why);
  }

  private void discard(Connection connection, SQLException cause) {
    try {
      if (SqlStates.sort(cause) == Verdict.NOT_NOW) {
        connections.evict(connection);
      } else {
        connection.rollback();
      }
      connection.close();
    } catch (SQLException e) {
      connections.evict(connection);
    }
  }
}
