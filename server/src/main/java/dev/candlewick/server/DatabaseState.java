package dev.candlewick.server;

import java.util.List;

/**
 * The state of the primary.
 *
 * @param durable COMMIT means on disk
 * @param maxWalBytes max_wal_size: after so much WAL a checkpoint is forced
 * @param bytes its size
 * @param dirtyMinutes marks whose minute is closed and not yet rolled up, counted up to 100 000
 * @param dirtyBuckets marks of buckets that wait for an explicit refresh, counted up to 100 000
 * @param waiting minutes of an instrument that wait for the roll-up, for as many marks
 * @param compressed epoch seconds at which every columnstore policy had last succeeded, 0 = one
 *     never has, NaN = there is no such policy
 */
record DatabaseState(
    boolean durable,
    long maxWalBytes,
    long bytes,
    long dirtyMinutes,
    long dirtyBuckets,
    Waiting waiting,
    double compressed) {
  private static final long ENOUGH_WAL = 4L << 30;

  /** Settings of the database that make it write more slowly than it could, none of them wrong. */
  List<String> warnings() {
    return maxWalBytes >= ENOUGH_WAL
        ? List.of()
        : List.of(
            "max_wal_size is %d MB: under load checkpoints come too often; set it to 4GB or more"
                .formatted(maxWalBytes >> 20));
  }

  /** By age: the last day, the month before it, older. */
  record Waiting(long day, long month, long older) {
    long all() {
      return day + month + older;
    }
  }
}
