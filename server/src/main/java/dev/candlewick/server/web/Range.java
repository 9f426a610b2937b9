package dev.candlewick.server.web;

import org.jspecify.annotations.Nullable;

/**
 * The requested time range, half-open, in microseconds since the epoch, 1800 to 2100; an end that
 * was not given is null. {@code from} is at most {@code to}.
 */
public record Range(@Nullable Long from, @Nullable Long to) {
  /** The newest timestamp in a range, 2100-01-01T00:00Z; a later {@code to} is treated as this. */
  public static final long END = 4_102_444_800_000_000L;

  /** The oldest timestamp that can be asked for, 1800-01-01T00:00Z. */
  public static final long START = -5_364_662_400_000_000L;

  /**
   * Whether pages go from newer to older. Without {@code from} they do, even though each page is
   * ascending: the first page has the latest rows, and its cursor leads to older ones.
   */
  public boolean readsBackwards(boolean descending) {
    return descending || from == null;
  }
}
