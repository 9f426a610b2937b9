package dev.candlewick.ingest.spool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything this server has on its own disk: a log for each lane, within one limit. */
public final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final Disk disk;
  private final SpoolConfig config;
  private final List<SpoolLog> logs = new ArrayList<>();
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicInteger quarantined = new AtomicInteger();
  private volatile long limit;

  private Spool(Disk disk, SpoolConfig config, int lanes) {
    this.disk = disk;
    this.config = config;
    for (int lane = 0; lane < lanes; lane++) {
      logs.add(new SpoolLog(this, disk, lane));
    }
  }

  /**
   * Locks the directory and finds what an earlier process left there.
   *
   * @param lanes how many lanes there are now; logs of lanes that no longer exist go to others
   */
  public static Spool open(SpoolConfig config, int lanes) {
    return open(Directory.take(config.directory()), config, lanes);
  }

  /** The same on another disk. */
  public static Spool open(Disk disk, SpoolConfig config, int lanes) {
    Spool spool = new Spool(disk, config, lanes);
    try {
      new SpoolRecovery(disk, spool, lanes).run();
      spool.look();
      return spool;
    } catch (IOException e) {
      throw new SpoolException(config.directory() + " cannot be read: " + e, e);
    }
  }

  /** The log of a lane. */
  public SpoolLog log(int lane) {
    return logs.get(lane);
  }

  /** Bytes that can still be appended; negative if there are already too many. */
  public long room() throws IOException {
    long now = used.get();
    long room = Math.min(config.bytes() - now, disk.freeBytes() - config.freeBytes());
    limit = now + Math.max(0, room);
    return room;
  }

  /** Size of all files. */
  public long used() {
    return used.get();
  }

  /** The size limit, from the configuration or from what the disk had left when last checked. */
  public long limit() {
    return limit;
  }

  /** Messages on disk that are not known to be stored. */
  public long records() {
    return logs.stream().mapToLong(SpoolLog::records).sum();
  }

  /** How long ago the oldest of them was accepted; zero if there is none. */
  public Duration oldestAge(long nowMillis) {
    long oldest =
        logs.stream()
            .mapToLong(SpoolLog::oldestMillis)
            .filter(millis -> millis > 0)
            .min()
            .orElse(nowMillis);
    return Duration.ofMillis(Math.max(0, nowMillis - oldest));
  }

  /** Files in {@code quarantine/} when last checked. */
  public int quarantined() {
    return quarantined.get();
  }

  /** Checks the disk again: others may be filling it, an operator may have emptied quarantine. */
  public void look() {
    try {
      quarantined.set(disk.quarantined());
      room();
    } catch (IOException e) {
      LOG.warn("the spool's directory cannot be looked at: {}", e.toString());
    }
  }

  void grew(long bytes) {
    used.addAndGet(bytes);
  }

  void shrank(long bytes) {
    used.addAndGet(-bytes);
  }

  long nextNumber() {
    return numbers.incrementAndGet();
  }

  void found(long number) {
    numbers.accumulateAndGet(number, Math::max);
  }

  @Override
  public void close() {
    try {
      disk.close();
    } catch (IOException e) {
      LOG.warn("the spool cannot be closed: {}", e.toString());
    }
  }
}
