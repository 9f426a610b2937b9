package dev.candlewick.client;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A fixed number of moments per hour, drawn evenly over it from the seed and the hour. Numbered
 * consecutively through all hours. Caches the last hour.
 */
final class HourOfTimes {
  private static final long HOUR = 3_600_000_000L;

  /** Receives a moment: its number and its time, microseconds since the epoch. */
  interface Sink {
    void accept(long number, long micros);
  }

  private final long seed;
  private final int perHour;
  private long hour = Long.MIN_VALUE;
  private long[] offsets = {};

  HourOfTimes(long seed, int perHour) {
    this.seed = seed;
    this.perHour = perHour;
  }

  /** The moments from {@code from} to before {@code to}, in order. */
  void each(long from, long to, Sink sink) {
    for (long h = Math.floorDiv(from, HOUR); h * HOUR < to; h++) {
      draw(h);
      for (int i = rank(from - h * HOUR); i < perHour && h * HOUR + offsets[i] < to; i++) {
        sink.accept(h * perHour + i, h * HOUR + offsets[i]);
      }
    }
  }

  private void draw(long wanted) {
    if (wanted != hour) {
      SplittableRandom random = new SplittableRandom(seed ^ (wanted * 0x9E3779B97F4A7C15L));
      offsets = random.longs(perHour, 0, HOUR).sorted().toArray();
      hour = wanted;
    }
  }

  /** The first moment at or after that offset. */
  private int rank(long offset) {
    int rank = Arrays.binarySearch(offsets, offset);
    if (rank < 0) {
      return -rank - 1;
    }
    while (rank > 0 && offsets[rank - 1] == offset) {
      rank--;
    }
    return rank;
  }
}
