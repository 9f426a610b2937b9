package dev.candlewick.ingest.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one lane has on disk, first in, first out. {@link #append} is for the spool's thread,
 * everything else for the lane's. {@link #end} requires both to be idle.
 */
public final class SpoolLog {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

  private final Spool spool;
  private final Disk disk;
  private final int lane;
  private final Deque<Segment> segments = new ConcurrentLinkedDeque<>();
  private final AtomicLong records = new AtomicLong();
  private final Map<StreamKey, Integer> streams = new ConcurrentHashMap<>();
  private volatile long oldestMillis;

  // Used by the spool's thread.
  private @Nullable Segment active;
  private Disk.@Nullable File file;
  private long nextLsn;

  // Used by the lane's thread.
  private final Deque<Segment> readThrough = new ArrayDeque<>();
  private @Nullable SegmentReader reader;
  private @Nullable StoredRecord ahead;
  private long expectedLsn;
  private final List<StreamKey> taken = new ArrayList<>();

  private record StreamKey(int apiKeyId, String stream) {
    static StreamKey of(Entry entry) {
      return new StreamKey(entry.apiKeyId(), entry.stream());
    }
  }

  SpoolLog(Spool spool, Disk disk, int lane) {
    this.spool = spool;
    this.disk = disk;
    this.lane = lane;
    this.nextLsn = 1;
  }

  /** An entry left by an earlier process; before anything is appended. */
  void found(Entry entry) {
    count(entry);
    oldestMillis = oldestMillis == 0 ? entry.takenMillis() : oldestMillis;
  }

  /**
   * Adds a file left by an earlier process after those already there; before anything is appended.
   */
  void recovered(Segment segment) {
    segments.add(segment);
    if (segment.lane == lane) {
      nextLsn = segment.endLsn;
    }
  }

  /** Whether there is no file left to read. */
  public boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Records that are on disk and not yet known to be stored. */
  public long records() {
    return records.get();
  }

  /** Whether messages of this stream are among them. */
  public boolean holds(int apiKeyId, String stream) {
    return streams.containsKey(new StreamKey(apiKeyId, stream));
  }

  private void count(Entry entry) {
    records.incrementAndGet();
    streams.merge(StreamKey.of(entry), 1, Integer::sum);
  }

  private void uncount(StreamKey stream) {
    records.decrementAndGet();
    streams.computeIfPresent(stream, (key, n) -> n == 1 ? null : n - 1);
  }

  /** Bytes of files that are still to be read. */
  public long bytesLeft() {
    long written = segments.stream().mapToLong(segment -> segment.end).sum();
    return reader == null ? written : written - reader.position();
  }

  /** When the oldest of them was accepted, milliseconds since the epoch; 0 if there is none. */
  public long oldestMillis() {
    return oldestMillis;
  }

  /**
   * Writes these entries and fsyncs them. If that fails, none of them counts as written, and the
   * next call starts another file.
   */
  public void append(List<Entry> group) throws IOException {
    int size = group.stream().mapToInt(Entry::size).sum();
    if (active != null && active.end + size > Segment.FULL && active.end > 0) {
      retire(active);
    }
    Segment into = active == null ? create() : active;
    boolean done = false;
    group.forEach(this::count);
    try {
      ByteBuffer out = ByteBuffer.allocate(size);
      for (Entry entry : group) {
        new StoredRecord(nextLsn++, into.endLsn, entry).write(out);
      }
      Disk.File open = file(into);
      open.append(out.flip());
      open.sync();
      done = true;
    } finally {
      if (!done) {
        group.forEach(entry -> uncount(StreamKey.of(entry)));
        nextLsn = into.endLsn;
        retire(into);
      }
    }
    oldestMillis = oldestMillis == 0 ? group.get(0).takenMillis() : oldestMillis;
    spool.grew(size);
    into.endLsn = nextLsn;
    into.end += size;
    if (into.firstLsn == nextLsn - group.size()) {
      segments.add(into);
    }
  }

  private Segment create() throws IOException {
    Segment made = new Segment(lane, spool.nextNumber(), nextLsn);
    file = disk.create(made.name());
    active = made;
    return made;
  }

  private Disk.File file(Segment segment) throws IOException {
    if (file == null) {
      throw new IOException(segment.name() + " is closed");
    }
    return file;
  }

  /** Nothing more is written to this file. One without an fsynced record has nothing to read. */
  private void retire(Segment segment) {
    active = null;
    segment.sealed = true;
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.warn("spool file {} cannot be closed: {}", segment.name(), e.toString());
    }
    file = null;
    if (segment.end == 0) {
      segments.add(segment);
    }
  }

  /** Once everything is taken and stored, deletes the last file too. */
  public void end() throws InterruptedException {
    if (active != null) {
      retire(active);
    }
    stored();
    records.set(0);
    streams.clear();
  }

  /** The oldest entry not taken yet; null if all were. */
  public @Nullable Entry peek() throws InterruptedException {
    while (ahead == null) {
      Segment segment = segments.peek();
      if (segment == null) {
        return null;
      }
      boolean noMore = segment.sealed;
      StoredRecord next = read(segment);
      if (next != null) {
        ahead = next;
      } else if (!noMore) {
        return null;
      } else {
        if (expectedLsn < segment.endLsn) {
          damage(segment, "ends at record " + expectedLsn + " of " + segment.endLsn);
        }
        close(segment);
        readThrough.add(segments.remove());
      }
    }
    return ahead.entry();
  }

  private @Nullable StoredRecord read(Segment segment) throws InterruptedException {
    try {
      if (reader == null) {
        expectedLsn = segment.firstLsn;
        reader = new SegmentReader(disk.open(segment.name()));
      }
      StoredRecord next = reader.next(segment.end);
      if (next != null && next.lsn() >= segment.endLsn) {
        return null;
      }
      if (next != null && next.lsn() != expectedLsn) {
        damage(segment, "lacks records from " + expectedLsn + " to " + next.lsn());
      }
      expectedLsn = next == null ? expectedLsn : next.lsn() + 1;
      return next;
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException("while reading the spool");
    } catch (IOException e) {
      damage(segment, "cannot be read: " + e);
      return null;
    }
  }

  private void damage(Segment segment, String how) {
    if (!segment.damaged) {
      segment.damaged = true;
      LOG.error(
          "spool file {} {}: what is good of it is written, then it goes to quarantine/",
          segment.name(),
          how);
    }
  }

  private void close(Segment segment) {
    try {
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      LOG.warn("spool file {} cannot be closed: {}", segment.name(), e.toString());
    }
    reader = null;
  }

  /** Takes the entry that {@link #peek} returned. */
  public void take() {
    if (ahead == null) {
      throw new IllegalStateException("nothing was looked at");
    }
    taken.add(StreamKey.of(ahead.entry()));
    ahead = null;
  }

  /**
   * Everything taken is stored, COMMIT has returned: files that were read to the end are deleted,
   * in order and never before their predecessor. Otherwise recovery would mistake the records
   * missing between a file that is still there and the next one for damage.
   */
  public void stored() throws InterruptedException {
    taken.forEach(this::uncount);
    taken.clear();
    Entry oldest = peek();
    oldestMillis = oldest == null ? 0 : oldest.takenMillis();
    while (!readThrough.isEmpty() && remove(readThrough.element())) {
      readThrough.remove();
    }
  }

  /** False if it could not be removed and must be retried. */
  private boolean remove(Segment segment) {
    try {
      if (segment.damaged) {
        disk.quarantine(segment.name());
        spool.look();
      } else {
        disk.delete(segment.name());
      }
    } catch (IOException e) {
      LOG.error("spool file {} is drained and cannot be removed: {}", segment.name(), e.toString());
      return false;
    }
    spool.shrank(segment.end);
    return true;
  }

  /** An entry taken since the last {@link #stored} cannot be stored: its file is kept. */
  public void keep(String why) {
    readThrough.forEach(segment -> damage(segment, why));
    Segment current = segments.peek();
    if (current != null) {
      damage(current, why);
    }
  }
}
