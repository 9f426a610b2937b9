package dev.candlewick.ingest;

import org.jspecify.annotations.Nullable;

/**
 * Best bid and ask; either side may be null (an empty book), not both. {@code ts} in microseconds.
 */
record Quote(
    InstrumentKey instrument,
    int index,
    long ts,
    @Nullable Double bid,
    @Nullable Double bidSize,
    @Nullable Double ask,
    @Nullable Double askSize,
    @Nullable Double last,
    @Nullable Double volume24h)
    implements Row {}
