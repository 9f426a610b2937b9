package dev.candlewick.server.live;

import java.util.Arrays;

/**
 * Which commits a read has seen: PostgreSQL's {@code pg_snapshot}.
 *
 * @param unfinished transactions below {@code end} that had not ended, sorted
 * @param end the first transaction that had not started
 */
record Moment(long[] unfinished, long end) {
  /** Reads {@code xmin:xmax:xip,xip}. */
  static Moment parse(String snapshot) {
    String[] parts = snapshot.split(":", -1);
    long[] unfinished =
        parts[2].isEmpty()
            ? new long[0]
            : Arrays.stream(parts[2].split(",")).mapToLong(Long::parseLong).sorted().toArray();
    return new Moment(unfinished, Long.parseLong(parts[1]));
  }

  boolean sees(long transaction) {
    return transaction < end && Arrays.binarySearch(unfinished, transaction) < 0;
  }
}
