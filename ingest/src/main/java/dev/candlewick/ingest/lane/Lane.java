package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Answer.Durability;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.table.BatchTransaction.DroppedException;
import dev.candlewick.ingest.table.BatchTransaction.StoredException;
import dev.candlewick.ingest.table.SqlStates;
import dev.candlewick.ingest.table.SqlStates.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps 5 and 6 of the write path: a queue, and the thread that takes batches from it and writes
 * them one after another. A stream always maps to the same lane, so its messages stay in order. The
 * queue is bounded by the {@link Budget}: only messages counted there enter it.
 *
 * <p>With a spool configured, a lane that cannot write for a second hands its streams' messages to
 * the {@link LaneSpool} and from then on takes its batches from there; requests stay in memory.
 */
public final class Lane implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration UNTIL_SPOOLED = Duration.ofSeconds(1);
  private static final Duration NOTHING_TO_DO = Duration.ofMillis(10);
  private static final long IDLE_NANOS = 100_000_000;
  private static final Batch.Bounds ANYTHING = new Batch.Bounds(0, 0);

  private final FairQueue queue = new FairQueue();
  private final Database database;
  private final @Nullable LaneSpool spool;
  private final Clock clock;
  private final Batch.Bounds bounds;
  private final long batchAgeNanos;
  private final IngestMetrics metrics;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable String holding;
  private volatile long waitingSince;

  // Used only by the lane's thread.
  private Batch current = new Batch();
  private Duration pause = FIRST_PAUSE;
  private long begunNanos;
  private boolean metDuplicates;
  private boolean requestsWereLast;
  private long lastWriteNanos;

  /** One attempt to write a batch in its own transaction; {@link BatchWriter} in production. */
  interface Database {
    Durability write(Batch batch) throws SQLException, DroppedException, StoredException;
  }

  /** The lane's clocks. */
  public interface Clock {
    /** Like {@link System#nanoTime}. */
    long nanos();

    /** Waits for a random time up to this. */
    void pause(Duration atMost) throws InterruptedException;

    /** The wall clock. */
    Clock SYSTEM =
        new Clock() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pause(Duration atMost) throws InterruptedException {
            Thread.sleep(ThreadLocalRandom.current().nextLong(atMost.toMillis()) + 1);
          }
        };
  }

  public Lane(
      int number,
      Database database,
      @Nullable LaneSpool spool,
      Clock clock,
      Batch.Bounds bounds,
      Duration batchAge,
      IngestMetrics metrics) {
    this.database = database;
    this.spool = spool;
    this.clock = clock;
    this.bounds = bounds;
    this.batchAgeNanos = batchAge.toNanos();
    this.metrics = metrics;
    this.thread = new Thread(this, "candlewick-lane-" + number);
    if (spool != null) {
      spool.serve(queue);
    }
  }

  public void start() {
    thread.start();
  }

  /** Accepts a message whose bytes are counted in the budget. It is answered exactly once. */
  public void submit(Message message) {
    queue.add(message);
  }

  /** Writes what is in memory, or hands it to the spool, then ends. */
  public void stop() {
    stopping = true;
  }

  /** Waits for the lane to end; after the deadline anything left is dropped unwritten. */
  public void awaitStop(Duration deadline) throws InterruptedException {
    thread.join(Math.max(1, deadline.toMillis()));
    if (thread.isAlive()) {
      thread.interrupt();
    }
  }

  /** Why nothing can be written at the moment, or null if all is well. */
  public @Nullable String holding() {
    return holding;
  }

  /** Messages in the queue. */
  int queued() {
    return queue.size();
  }

  /**
   * How long the oldest message not yet stored has waited since it was accepted; 0 if there is
   * none.
   */
  Duration lag() {
    if (spool != null && spool.isOn()) {
      return spool.oldestAge();
    }
    long since = waitingSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  @Override
  public void run() {
    try {
      while (!stopping || holdsUnwritten()) {
        turn();
      }
    } catch (InterruptedException e) {
      dropAll();
    }
  }

  /** Whether there are messages that exist only in memory; spooled ones are still on disk. */
  boolean holdsUnwritten() {
    return !queue.isEmpty() || (!current.isEmpty() && !current.isSpooled());
  }

  private void dropAll() {
    if (!current.isSpooled()) {
      current.messages().forEach(queue::add);
    }
    LOG.warn("stopped with {} messages unwritten; they were never acked", queue.size());
    for (Message left = queue.poll(); left != null; left = queue.poll()) {
      left.answer.dropped(left, Drop.STOPPED);
    }
  }

  /** One attempt to write the current batch, or the next one. */
  void turn() throws InterruptedException {
    if (current.isEmpty()) {
      current = spool != null && spool.isOn() ? spooledBatch(spool) : nextBatch();
      current.carefully = metDuplicates;
      pause = FIRST_PAUSE;
      begunNanos = clock.nanos();
      waitingSince = current.isEmpty() ? 0 : current.messages().get(0).takenNanos;
    }
    if (!current.isEmpty()) {
      write(current);
    }
  }

  /**
   * Waits for a message, then a little longer for more from feeds, which keep sending without an
   * answer: as long as the last write took. Requests gather while another batch is being written.
   */
  private Batch nextBatch() throws InterruptedException {
    Batch batch = new Batch();
    queue.awaitFull(ANYTHING, IDLE_NANOS);
    if (!queue.isEmpty()) {
      queue.awaitFull(bounds, Math.min(batchAgeNanos, lastWriteNanos));
    }
    for (Message next = queue.poll(); next != null; next = queue.poll()) {
      if (!bounds.fit(batch, next)) {
        queue.addFirst(next);
        break;
      }
      add(batch, next);
    }
    return batch;
  }

  private void add(Batch batch, Message next) {
    if (next.answer.stillWanted()) {
      batch.add(next);
    } else {
      release(next);
    }
  }

  /** Alternates between requests, which are only in memory, and messages from the spool. */
  private Batch spooledBatch(LaneSpool from) throws InterruptedException {
    Batch batch = new Batch();
    for (Iterator<Message> each = queue.iterator(); !requestsWereLast && each.hasNext(); ) {
      Message next = each.next();
      if (next.isRequest && bounds.fit(batch, next)) {
        each.remove();
        add(batch, next);
      }
    }
    requestsWereLast = !batch.isEmpty();
    if (batch.isEmpty()) {
      batch = from.nextBatch(bounds);
    }
    if (batch.isEmpty() && !from.turnOff()) {
      clock.pause(NOTHING_TO_DO);
    }
    return batch;
  }

  private void write(Batch batch) throws InterruptedException {
    try {
      Durability durability = database.write(batch);
      lastWriteNanos = clock.nanos() - begunNanos;
      leave(batch, batch.messages(), durability);
    } catch (StoredException e) {
      leave(batch, e.messages, e.durability);
    } catch (DroppedException e) {
      // The database has answered; if nothing is left of the batch, no commit will show that.
      holding = null;
      e.messages.forEach(message -> drop(message, e.why));
      leave(batch, e.messages);
    } catch (SQLException e) {
      afterFailure(batch, e);
    }
  }

  /** Removes stored messages from the batch and answers them. */
  private void leave(Batch batch, List<Message> stored, Durability durability)
      throws InterruptedException {
    List<Message> answered = List.copyOf(stored);
    metDuplicates = answered.stream().anyMatch(message -> message.duplicates > 0);
    holding = null;
    leave(batch, answered);
    try {
      Batch.byAnswer(answered).forEach((answer, its) -> answer.committed(its, durability));
    } catch (RuntimeException e) {
      LOG.error("an answer to committed rows could not be given", e);
    }
  }

  private void leave(Batch batch, List<Message> messages) throws InterruptedException {
    boolean spooled = batch.isSpooled();
    messages.forEach(this::release);
    batch.remove(messages);
    if (batch.isEmpty()) {
      waitingSince = 0;
      if (spooled && spool != null) {
        spool.stored(bounds.bytes());
      }
    }
  }

  private void drop(Message message, Drop why) {
    if (message.spooled && spool != null) {
      spool.keep(message, why);
    }
    message.answer.dropped(message, why);
  }

  private void afterFailure(Batch batch, SQLException e) throws InterruptedException {
    Verdict verdict = SqlStates.sort(e);
    metrics.failed(SqlStates.state(e));
    if (SqlStates.isTooMuch(e) && putBackHalf(batch)) {
      return;
    }
    boolean newlyCareful = !batch.carefully;
    batch.carefully |= verdict != Verdict.NOT_NOW;
    if (batch.carefully && newlyCareful) {
      return;
    }
    holding =
        verdict == Verdict.HOLD
            ? "schema_wrong: SQLSTATE " + SqlStates.state(e)
            : "database_unavailable: SQLSTATE " + SqlStates.state(e);
    LOG.warn("batch of {} rows held back, trying again: {}", batch.rows(), holding);
    if (spool != null && verdict == Verdict.NOT_NOW) {
      leaveToSpool(spool, batch);
    }
    if (spool == null || verdict == Verdict.HOLD) {
      Batch.byAnswer(batch.messages()).keySet().forEach(Answer::heldBack);
    }
    clock.pause(pause);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /**
   * Puts the later half of what feeds sent back into the queue; false if there is only one of them.
   * What is read from the spool stays, and so do requests, which are retried unchanged.
   */
  private boolean putBackHalf(Batch batch) {
    List<Message> ofStreams = batch.messages().stream().filter(m -> !m.isRequest).toList();
    if (batch.isSpooled() || ofStreams.size() < 2) {
      return false;
    }
    List<Message> later = ofStreams.subList(ofStreams.size() / 2, ofStreams.size());
    batch.remove(later);
    for (int i = later.size() - 1; i >= 0; i--) {
      queue.addFirst(later.get(i));
    }
    return true;
  }

  /** Requests stay: they are retried unchanged, because an attempt may have been committed. */
  private void leaveToSpool(LaneSpool into, Batch batch) {
    if (into.isOn()) {
      into.stay();
    } else if (stopping || clock.nanos() - begunNanos > UNTIL_SPOOLED.toNanos()) {
      List<Message> ofStreams = batch.messages().stream().filter(m -> !m.isRequest).toList();
      batch.remove(ofStreams);
      into.turnOn(ofStreams);
    }
  }

  private void release(Message message) {
    message.release();
  }
}
