package dev.candlewick.ingest.spool;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One file of a log: records of one lane, from {@link #firstLsn} on. The spool's thread appends; a
 * lane's thread reads up to {@link #end}.
 */
final class Segment {
  /** Size at which the next file starts. */
  static final long FULL = 64L << 20;

  /** In order of creation. */
  static final Comparator<Segment> ORDER = Comparator.comparingLong(segment -> segment.number);

  private static final Pattern NAME =
      Pattern.compile("lane([0-9]{1,9})-file([0-9]{1,18})-record([0-9]{1,18})\\.spool");

  final int lane;
  final long number;
  final long firstLsn;

  /** Bytes that are fsynced. */
  volatile long end;

  /** The lsn after the last fsynced record. */
  volatile long endLsn;

  /** Nothing more is appended. */
  volatile boolean sealed;

  /** Not all of it could be drained: it is kept for an operator to look at. */
  volatile boolean damaged;

  Segment(int lane, long number, long firstLsn) {
    this.lane = lane;
    this.number = number;
    this.firstLsn = firstLsn;
    this.endLsn = firstLsn;
  }

  /** The segment for a file with this name, if it is one. */
  static Optional<Segment> named(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? Optional.of(
            new Segment(
                Integer.parseInt(parts.group(1)),
                Long.parseLong(parts.group(2)),
                Long.parseLong(parts.group(3))))
        : Optional.empty();
  }

  String name() {
    return "lane" + lane + "-file" + number + "-record" + firstLsn + ".spool";
  }
}
