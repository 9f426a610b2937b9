package dev.candlewick.ingest.row;

import org.jspecify.annotations.Nullable;

/**
 * Best bid and ask; either side may be null (an empty book), not both.
 *
 * @param ts microseconds since the epoch
 * @param id of its content; null for a quote that is known by its place in its stream
 */
public record Quote(
    InstrumentKey instrument,
    int index,
    long ts,
    @Nullable Long id,
    @Nullable Double bid,
    @Nullable Double bidSize,
    @Nullable Double ask,
    @Nullable Double askSize,
    @Nullable Double last,
    @Nullable Double volume24h)
    implements Tick {
  @Override
  public @Nullable Long ownId() {
    return id;
  }
}
