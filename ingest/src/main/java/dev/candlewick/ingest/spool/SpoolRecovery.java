package dev.candlewick.ingest.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what an earlier process left, and distinguishes a write that never finished from damage.
 * Writes nothing: running it again finds the same.
 */
final class SpoolRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolRecovery.class);

  private final Disk disk;
  private final Spool spool;
  private final int lanes;

  SpoolRecovery(Disk disk, Spool spool, int lanes) {
    this.disk = disk;
    this.spool = spool;
    this.lanes = lanes;
  }

  void run() throws IOException {
    Map<Integer, List<Segment>> byLane = new TreeMap<>();
    for (String name : disk.list()) {
      Optional<Segment> segment = Segment.named(name);
      if (segment.isPresent()) {
        spool.found(segment.get().number);
        byLane.computeIfAbsent(segment.get().lane, lane -> new ArrayList<>()).add(segment.get());
      } else {
        LOG.warn("{} in the spool's directory is not a spool file and is left alone", name);
      }
    }
    for (List<Segment> ofLane : byLane.values()) {
      ofLane.sort(Segment.ORDER);
      for (int i = 0; i < ofLane.size(); i++) {
        boolean newest = i + 1 == ofLane.size();
        recover(ofLane.get(i), newest ? Long.MAX_VALUE : ofLane.get(i + 1).firstLsn);
      }
    }
  }

  /**
   * Hands one file to the lane that drains it.
   *
   * @param nextFirst where the next file starts; anything in this one from there on is superseded
   */
  private void recover(Segment segment, long nextFirst) throws IOException {
    boolean newest = nextFirst == Long.MAX_VALUE;
    segment.sealed = true;
    try (Disk.File file = disk.open(segment.name())) {
      segment.end = file.size();
    }
    if (newest) {
      leaveOutTornTail(segment);
    }
    SpoolLog log = spool.log(segment.lane % lanes);
    Scan scan = new Scan(segment, nextFirst, log::found);
    segment.endLsn = newest ? scan.endLsn : nextFirst;
    if (scan.broken || scan.endLsn != segment.endLsn) {
      segment.damaged = true;
      LOG.error(
          "spool file {} is damaged after record {}: what is good of it is written, then it goes"
              + " to quarantine/",
          segment.name(),
          scan.soundLsn - 1);
    }
    spool.grew(segment.end);
    log.recovered(segment);
  }

  /** What follows the last sound record was never fsynced, unless a later record proves it was. */
  private void leaveOutTornTail(Segment segment) {
    Scan scan = new Scan(segment, Long.MAX_VALUE, entry -> {});
    if (scan.soundEnd < segment.end && scan.vouchedFor <= scan.soundLsn && !scan.unreadable) {
      LOG.warn(
          "spool file {}: {} bytes after record {} were never fsynced and are left out",
          segment.name(),
          segment.end - scan.soundEnd,
          scan.soundLsn - 1);
      segment.end = scan.soundEnd;
    }
  }

  /** One reading of a file. */
  private final class Scan {
    /** The record after the last one up to which none is missing, and where that one ends. */
    private long soundLsn;

    private long soundEnd;

    /** The record after the last one found. */
    private long endLsn;

    /** Every record before this one was fsynced. */
    private long vouchedFor;

    private boolean broken;
    private boolean unreadable;

    Scan(Segment segment, long nextFirst, Consumer<Entry> each) {
      soundLsn = segment.firstLsn;
      endLsn = segment.firstLsn;
      try (SegmentReader reader = new SegmentReader(disk.open(segment.name()))) {
        StoredRecord record = reader.next(segment.end);
        while (record != null && record.lsn() < nextFirst) {
          add(record, reader.position());
          each.accept(record.entry());
          record = reader.next(segment.end);
        }
      } catch (IOException e) {
        LOG.error("spool file {} cannot be read: {}", segment.name(), e.toString());
        broken = true;
        unreadable = true;
      }
    }

    private void add(StoredRecord record, long position) {
      broken |= record.lsn() != endLsn;
      if (!broken) {
        soundLsn = record.lsn() + 1;
        soundEnd = position;
      }
      endLsn = record.lsn() + 1;
      vouchedFor = Math.max(vouchedFor, record.firstOfGroup());
    }
  }
}
