package dev.candlewick.server.instrument;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instrument and what is known about it.
 *
 * @param metadata a JSON object, as text
 */
public record Instrument(
    int id, String venue, String symbol, Words words, Steps steps, String metadata) {

  /** Descriptive text; null if unknown. */
  public record Words(
      @Nullable String base,
      @Nullable String quote,
      @Nullable String currency,
      @Nullable String assetClass,
      @Nullable String name,
      @Nullable String timezone,
      @Nullable String session) {}

  /** The smallest steps of price and size. */
  public record Steps(@Nullable Double tickSize, @Nullable Double lotSize) {}

  /**
   * The stored rows of one type, first and last ts in microseconds since the epoch.
   *
   * @param of {@code trades}, {@code quotes} or a timeframe
   */
  record Held(String of, long firstTs, long lastTs) {}

  /** Everything stored for an instrument. */
  record Detail(Instrument instrument, List<Held> held) {}
}
