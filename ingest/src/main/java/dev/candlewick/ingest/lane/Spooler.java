package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.StreamName;
import dev.candlewick.ingest.spool.Spool;
import dev.candlewick.ingest.spool.SpoolConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The spool, and the one thread that writes to it, for all lanes. It is never interrupted. */
public final class Spooler implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Spooler.class);

  /** Messages that arrive within this time share an fsync. */
  private static final long GROUP_MILLIS = 5;

  private static final long AFTER_FAILURE_MILLIS = 1_000;
  private static final long IDLE_MILLIS = 5_000;
  private static final long STOP_MILLIS = 2_000;
  private static final double NEARLY_FULL = 0.9;

  private final Spool spool;
  private final SpoolMetrics metrics;
  private final List<LaneSpool> lanes = new ArrayList<>();
  private final Thread thread = new Thread(this, "candlewick-spool");
  private boolean stopping;

  private Spooler(Spool spool, int lanes, MeterRegistry registry) {
    this.spool = spool;
    this.metrics = new SpoolMetrics(registry, spool);
    for (int lane = 0; lane < lanes; lane++) {
      this.lanes.add(new LaneSpool(spool, lane, metrics, this::wake));
    }
  }

  /** Takes possession of the spool's directory and finds what is left in it. */
  public static Spooler open(SpoolConfig config, int lanes, MeterRegistry registry) {
    return new Spooler(Spool.open(config, lanes), lanes, registry);
  }

  public LaneSpool lane(int number) {
    return lanes.get(number);
  }

  /** Whether messages of this stream are on disk and not known to be stored. */
  public boolean holds(StreamName stream) {
    return lanes.stream().anyMatch(lane -> lane.holds(stream));
  }

  /** Why messages will soon have to wait, as {@code code: detail}; empty if all is well. */
  public List<String> troubles() {
    long used = spool.used();
    long limit = spool.limit();
    // A disk filled by others does not matter while nothing is spooled.
    return spool.records() > 0 && used > NEARLY_FULL * limit
        ? List.of("spool_full: " + used + " bytes of " + limit + " are used")
        : List.of();
  }

  /** What an operator has to look at, as {@code code: detail}. */
  public List<String> warnings() {
    return spool.quarantined() > 0
        ? List.of("spool_damaged: " + spool.quarantined() + " files are in quarantine/")
        : List.of();
  }

  public void start() {
    thread.start();
  }

  private synchronized void wake() {
    notifyAll();
  }

  /** Ends the thread and releases the directory. */
  public void stop() throws InterruptedException {
    synchronized (this) {
      stopping = true;
      notifyAll();
    }
    thread.join(STOP_MILLIS);
    spool.close();
  }

  @Override
  public void run() {
    long pause = 0;
    while (sleep(pause)) {
      pause = round();
    }
  }

  private synchronized boolean sleep(long millis) {
    try {
      if (millis > 0 && !stopping) {
        wait(millis);
      }
    } catch (InterruptedException e) {
      LOG.warn("the spool's thread goes on", e);
    }
    return !stopping;
  }

  /** Serves every lane once; returns how long to wait, in milliseconds. */
  private long round() {
    boolean failed = false;
    for (LaneSpool lane : lanes) {
      try {
        lane.fill();
      } catch (IOException | RuntimeException e) {
        failed = true;
        metrics.failed();
        LOG.error("the spool cannot be written, its file is given up: {}", e.toString());
      }
    }
    if (failed) {
      return AFTER_FAILURE_MILLIS;
    }
    if (lanes.stream().anyMatch(LaneSpool::isOn)) {
      return GROUP_MILLIS;
    }
    spool.look();
    return IDLE_MILLIS;
  }
}
