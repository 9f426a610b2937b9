package dev.candlewick.server;

/**
 * The state of the primary.
 *
 * @param durable COMMIT means on disk
 * @param bytes its size
 * @param dirtyMinutes marks whose minute is closed and not yet rolled up, counted up to 100 000
 * @param dirtyBuckets marks of buckets that wait for an explicit refresh, counted up to 100 000
 * @param waiting minutes of an instrument that wait for the roll-up, for as many marks
 * @param compressed epoch seconds at which every columnstore policy had last succeeded, 0 = one
 *     never has, NaN = there is no such policy
 */
record DatabaseState(
    boolean durable,
    long bytes,
    long dirtyMinutes,
    long dirtyBuckets,
    Waiting waiting,
    double compressed) {

  /** By age: the last day, the month before it, older. */
  record Waiting(long day, long month, long older) {
    long all() {
      return day + month + older;
    }
  }
}
