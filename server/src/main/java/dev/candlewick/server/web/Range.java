package dev.candlewick.server.web;

import org.jspecify.annotations.Nullable;

/**
 * The asked range of time, half-open, in microseconds since the epoch, 1800 to 2100; an end that
 * was not given is null. {@code from} is at most {@code to}.
 */
public record Range(@Nullable Long from, @Nullable Long to) {
  /**
   * The newest timestamp a range reaches, 2100-01-01T00:00Z; a later {@code to} is taken as this.
   */
  public static final long END = 4_102_444_800_000_000L;

  /** The oldest timestamp that is asked for, 1800-01-01T00:00Z. */
  public static final long START = -5_364_662_400_000_000L;

  /**
   * Whether pages go from newer to older. Without {@code from} they do even where each page is
   * ascending: the first page is the latest rows, and its cursor leads to the older ones.
   */
  public boolean readsBackwards(boolean descending) {
    return descending || from == null;
  }
}
