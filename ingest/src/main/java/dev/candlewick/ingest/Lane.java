package dev.candlewick.ingest;

import dev.candlewick.ingest.Answer.Drop;
import dev.candlewick.ingest.Answer.Durability;
import dev.candlewick.ingest.BatchTransaction.DroppedException;
import dev.candlewick.ingest.SqlStates.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps 5 and 6 of the write way: the one queue, and the thread that takes batches from it and
 * writes them one after the other. A stream always maps to the same lane, so its messages stay in
 * order. The queue is bounded by the {@link Budget}: only what was counted there is put in it.
 */
final class Lane implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
  private final String serverStream;
  private final ConnectionSource connections;
  private final InstrumentIds instrumentIds;
  private final IngestConfig config;
  private final Budget budget;
  private final IngestMetrics metrics;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable String holding;
  private volatile long waitingSince;

  // Owned by the lane's thread.
  private @Nullable StreamState ownStream;
  private long ownCommitted;
  private @Nullable Message carried;
  private Batch current = new Batch();
  private boolean metDuplicates;
  private long lastWriteNanos;

  /** Where a lane gets a connection from, and gives up one that may be broken. */
  interface ConnectionSource {
    Connection take() throws SQLException;

    void evict(Connection connection);
  }

  Lane(
      int number,
      ConnectionSource connections,
      InstrumentIds instrumentIds,
      IngestConfig config,
      Budget budget,
      IngestMetrics metrics) {
    this.serverStream = "rest-" + number + "-" + UUID.randomUUID();
    this.connections = connections;
    this.instrumentIds = instrumentIds;
    this.config = config;
    this.budget = budget;
    this.metrics = metrics;
    this.thread = new Thread(this, "candlewick-lane-" + number);
  }

  void start() {
    thread.start();
  }

  /** Takes a message whose bytes are counted in the budget. It is answered exactly once. */
  void submit(Message message) {
    queue.add(message);
  }

  /** Writes what is queued, then ends. */
  void stop() {
    stopping = true;
  }

  /** Waits for the lane to end; after the deadline what is left is dropped unwritten. */
  void awaitStop(Duration deadline) throws InterruptedException {
    thread.join(Math.max(1, deadline.toMillis()));
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  /** Why nothing can be written at the moment; null while all is well. */
  @Nullable String holding() {
    return holding;
  }

  /** Messages in the queue. */
  int queued() {
    return queue.size();
  }

  /** How long the oldest message in writing has waited since it was taken in; 0 with none. */
  Duration lag() {
    long since = waitingSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  @Override
  public void run() {
    try {
      while (!stopping || !queue.isEmpty() || carried != null) {
        current = nextBatch();
        write(current);
      }
    } catch (InterruptedException e) {
      dropAll();
    }
  }

  private void dropAll() {
    current.messages().forEach(queue::add);
    if (carried != null) {
      queue.add(carried);
    }
    LOG.warn("stopped with {} messages unwritten; they were never acked", queue.size());
    for (Message left = queue.poll(); left != null; left = queue.poll()) {
      left.answer.dropped(left, Drop.STOPPED);
    }
  }

  /** Waits for a message, then a little longer for more: as long as the last write took. */
  private Batch nextBatch() throws InterruptedException {
    Batch batch = new Batch();
    Message next = carried == null ? queue.poll(100, TimeUnit.MILLISECONDS) : carried;
    carried = null;
    long deadline = System.nanoTime() + Math.min(config.batchAge().toNanos(), lastWriteNanos);
    while (next != null) {
      if (!batch.isEmpty() && !fits(batch, next)) {
        carried = next;
        break;
      }
      if (next.answer.stillWanted()) {
        batch.add(next);
      } else {
        release(next);
      }
      next = queue.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
    return batch;
  }

  private boolean fits(Batch batch, Message next) {
    return batch.rows() + next.rows.size() <= config.batchRows()
        && batch.bytes() + next.bytes <= config.batchBytes();
  }

  /** Tries until the batch is committed, or nothing of it is left to write. */
  private void write(Batch batch) throws InterruptedException {
    batch.carefully = metDuplicates;
    waitingSince = batch.isEmpty() ? 0 : batch.messages().get(0).takenNanos;
    Duration pause = FIRST_PAUSE;
    long start = System.nanoTime();
    while (!batch.isEmpty()) {
      try {
        Durability durability = attempt(batch);
        lastWriteNanos = System.nanoTime() - start;
        done(batch, durability);
        return;
      } catch (DroppedException e) {
        drop(batch, e);
      } catch (SQLException e) {
        pause = afterFailure(batch, e, pause);
      }
    }
  }

  /** Only the lane itself writes its own stream: if that was fenced it is gone, and begins anew. */
  private void drop(Batch batch, DroppedException e) {
    List<Message> lost = e.messages;
    if (e.why == Drop.FENCED && lost.stream().anyMatch(message -> message.isRequest)) {
      ownStream = null;
      ownCommitted = 0;
      lost = lost.stream().filter(message -> !message.isRequest).toList();
    }
    lost.forEach(this::release);
    batch.drop(lost, e.why);
  }

  /**
   * A defect of ours is one more reason to hold the batch: a lane never ends, nothing is skipped.
   */
  private Durability attempt(Batch batch) throws SQLException, DroppedException {
    Connection connection = connections.take();
    try {
      placeRequests(connection, batch);
      long start = System.nanoTime();
      Durability durability =
          new BatchTransaction(connection, batch, instrumentIds, config.strictDurability()).write();
      long nanos = System.nanoTime() - start;
      connection.close();
      metrics.committed(batch, nanos);
      return durability;
    } catch (SQLException e) {
      batch.triedBefore = true;
      discard(connection, e);
      throw e;
    } catch (RuntimeException e) {
      LOG.error("a batch of {} rows could not be written", batch.rows(), e);
      batch.triedBefore = true;
      connections.evict(connection);
      throw new SQLException("a defect of the server", "XX000", e);
    } catch (DroppedException e) {
      connection.rollback();
      connection.close();
      throw e;
    }
  }

  /**
   * REST requests ride on a stream of the lane's own, so that a lost COMMIT reply is resolved
   * alike. Each attempt numbers them from where that stream stands: the same batch, the same
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
        message.place(own, ++seq);
      }
    }
  }

  private void done(Batch batch, Durability durability) {
    ownCommitted += batch.messages().stream().filter(message -> message.isRequest).count();
    metDuplicates = batch.messages().stream().anyMatch(message -> message.duplicates > 0);
    batch.messages().forEach(this::release);
    try {
      batch.answer(durability);
    } catch (RuntimeException e) {
      LOG.error("an answer to committed rows could not be given", e);
    }
    holding = null;
    waitingSince = 0;
  }

  private Duration afterFailure(Batch batch, SQLException e, Duration pause)
      throws InterruptedException {
    Verdict verdict = SqlStates.sort(e);
    metrics.failed(SqlStates.state(e));
    boolean newlyCareful = !batch.carefully;
    batch.carefully |= verdict == Verdict.DUPLICATE_KEY || verdict == Verdict.BAD_ROW;
    if (batch.carefully && newlyCareful) {
      return pause;
    }
    holding =
        verdict == Verdict.HOLD
            ? "schema_wrong: SQLSTATE " + SqlStates.state(e)
            : "database_unavailable: SQLSTATE " + SqlStates.state(e);
    LOG.warn("batch of {} rows held back, trying again: {}", batch.rows(), holding);
    Thread.sleep(ThreadLocalRandom.current().nextLong(pause.toMillis()) + 1);
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
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

  private void release(Message message) {
    budget.release(message.bytes);
  }
}
