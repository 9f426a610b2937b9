package dev.candlewick.client;

import org.jspecify.annotations.Nullable;

/**
 * Best bid and best ask, in the venue's own text. One side may be null (an empty book), but not
 * both.
 *
 * <p>A quote has no id: the server identifies it by its stream and position in it, so a quote sent
 * again under another stream or seq is another quote.
 *
 * @param ts nanoseconds since the epoch
 */
public record Quote(
    long ts,
    @Nullable String bid,
    @Nullable String bidSize,
    @Nullable String ask,
    @Nullable String askSize)
    implements Tick {

  public Quote {
    if (bid == null && ask == null) {
      throw new IllegalArgumentException("a quote needs a bid or an ask");
    }
  }
}
