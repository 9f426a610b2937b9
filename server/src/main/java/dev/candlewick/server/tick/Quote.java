package dev.candlewick.server.tick;

import org.jspecify.annotations.Nullable;

/** A stored quote; a null side was empty. {@code ts} in microseconds since the epoch. */
public record Quote(
    long ts,
    long id,
    @Nullable Double bid,
    @Nullable Double bidSize,
    @Nullable Double ask,
    @Nullable Double askSize,
    @Nullable Double last,
    @Nullable Double volume24h)
    implements Tick {
  @Override
  public long place() {
    return -1;
  }
}
