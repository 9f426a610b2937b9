package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Answer;
import dev.candlewick.ingest.message.Answer.Drop;
import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.message.StreamState;
import dev.candlewick.ingest.spool.Entry;
import dev.candlewick.ingest.spool.Spool;
import dev.candlewick.ingest.spool.SpoolLog;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane's detour through the disk. While it is active, the spool's thread moves messages from the
 * lane's queue to the log ({@link #fill}), and the lane's thread takes its batches from the log. A
 * message leaves the queue only once it is fsynced, so it is always in at least one of them.
 */
public final class LaneSpool {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSpool.class);
  private static final long GROUP_BYTES = 4L << 20;
  private static final int GROUP_MESSAGES = 5_000;

  /** Answers a message whose feed is gone. */
  private static final Answer NOBODY =
      new Answer() {
        @Override
        public void committed(List<Message> messages, Durability durability) {}

        @Override
        public void dropped(Message message, Drop why) {}

        @Override
        public boolean takesPart() {
          return true;
        }
      };

  private final Spool spool;
  private final SpoolLog log;
  private final SpoolMetrics metrics;
  private final Runnable wakeThread;
  private final Map<StreamName, Feed> feeds = new ConcurrentHashMap<>();
  private FairQueue queue = new FairQueue();
  private volatile boolean on;

  // Guarded by this.
  private boolean filling;
  private boolean leaving;
  private boolean settled;

  /** Who to answer for a stream's messages that came with this epoch. */
  private record Feed(long epoch, Answer answer) {}

  public LaneSpool(Spool spool, int lane, SpoolMetrics metrics, Runnable wakeThread) {
    this.spool = spool;
    this.log = spool.log(lane);
    this.metrics = metrics;
    this.wakeThread = wakeThread;
    this.on = !log.isEmpty();
  }

  /** Where the lane's messages wait in memory. Called before anything else. */
  void serve(FairQueue lanesQueue) {
    queue = lanesQueue;
  }

  /** Whether batches come from the log. */
  boolean isOn() {
    return on;
  }

  /** How long the oldest message on disk has waited; zero if there is none. */
  Duration oldestAge() {
    long oldest = log.oldestMillis();
    return Duration.ofMillis(oldest == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldest));
  }

  /** Whether messages of this stream are on disk and not known to be stored. */
  boolean holds(StreamName stream) {
    return log.holds(stream.apiKeyId(), stream.stream());
  }

  // For the lane's thread.

  /** Starts with these messages, the oldest there are. */
  void turnOn(List<Message> first) {
    for (int i = first.size() - 1; i >= 0; i--) {
      queue.addFirst(first.get(i));
    }
    synchronized (this) {
      on = true;
      leaving = false;
      settled = false;
    }
    LOG.warn("the database is away: messages go to the spool");
    wakeThread.run();
  }

  /** Messages from the log, without a gap in any stream; none if nothing more is fsynced. */
  Batch nextBatch(Batch.Bounds bounds) throws InterruptedException {
    Batch batch = new Batch();
    Map<StreamName, Long> last = new HashMap<>();
    for (Entry entry = log.peek(); entry != null; entry = log.peek()) {
      StreamName name = new StreamName(entry.apiKeyId(), entry.stream());
      Long before = last.put(name, entry.seq());
      if (before != null && entry.seq() != before + 1) {
        return batch;
      }
      Feed feed = feeds.get(name);
      Answer answer = feed != null && feed.epoch() == entry.epoch() ? feed.answer() : NOBODY;
      try {
        Message message = SpooledMessage.read(entry, answer);
        if (!bounds.fit(batch, message)) {
          return batch;
        }
        batch.add(message);
      } catch (IOException e) {
        log.keep("has a message that cannot be read: " + e.getMessage());
      }
      log.take();
    }
    return batch;
  }

  /** The messages taken since the last call are stored. */
  void stored(long littleLeft) throws InterruptedException {
    log.stored();
    if (log.bytesLeft() <= littleLeft) {
      synchronized (this) {
        leaving = true;
      }
    }
  }

  /** A message taken since then is not stored and never will be. */
  void keep(Message message, Drop why) {
    String stream = message.stream().stream();
    log.keep("has message " + message.seq() + " of stream " + stream + ", not stored: " + why);
  }

  /** The database is unavailable again, or still. */
  void stay() {
    synchronized (this) {
      leaving = false;
    }
    wakeThread.run();
  }

  /**
   * Ends once everything is drained, or if the disk accepts nothing; false while there is more to
   * do here.
   */
  boolean turnOff() throws InterruptedException {
    synchronized (this) {
      if (filling || !(leaving || settled) || log.peek() != null) {
        return false;
      }
      log.end();
      on = false;
    }
    feeds.clear();
    LOG.info("nothing is left in the spool: messages go to the database");
    return true;
  }

  // For the spool's thread.

  /** Writes what waits in the queue to disk, as one group. Returns whether there may be more. */
  boolean fill() throws IOException {
    synchronized (this) {
      if (!on || leaving) {
        return false;
      }
      filling = true;
    }
    boolean filled = false;
    try {
      filled = fillNow();
      return filled;
    } finally {
      synchronized (this) {
        filling = false;
        settled = !filled;
      }
    }
  }

  private boolean fillNow() throws IOException {
    List<Message> group = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    Set<Message> out = new HashSet<>();
    long room = spool.room();
    long bytes = 0;
    for (Message message : queue) {
      if (message.isRequest) {
        continue;
      }
      if (message.answer.stillWanted()) {
        Entry entry = SpooledMessage.write(message);
        bytes += entry.size();
        boolean fits = bytes <= GROUP_BYTES && group.size() < GROUP_MESSAGES;
        if (bytes > room || (!fits && !group.isEmpty())) {
          break;
        }
        group.add(message);
        entries.add(entry);
      }
      out.add(message);
    }
    for (Message message : group) {
      StreamState stream = message.stream();
      feeds.put(stream.name(), new Feed(stream.epoch(), message.answer));
    }
    if (!group.isEmpty()) {
      long start = System.nanoTime();
      log.append(entries);
      metrics.appended(System.nanoTime() - start);
    }
    remove(out);
    Batch.byAnswer(group).forEach(Answer::spooled);
    return !group.isEmpty();
  }

  private void remove(Set<Message> out) {
    int left = out.size();
    for (Iterator<Message> each = queue.iterator(); left > 0 && each.hasNext(); ) {
      Message message = each.next();
      if (out.contains(message)) {
        each.remove();
        message.release();
        left--;
      }
    }
  }
}
