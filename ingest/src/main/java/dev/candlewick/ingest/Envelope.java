package dev.candlewick.ingest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded frame or body: what it says beside its rows, and the rows as they were written.
 *
 * @param type the {@code t} of a frame; absent in a REST body
 * @param seq the message's number in its stream, -1 if it has none
 * @param unit what integer timestamps count: {@code s}, {@code ms} (default), {@code us}, {@code
 *     ns}
 */
record Envelope(
    @Nullable String type,
    long seq,
    long version,
    @Nullable String stream,
    Defaults defaults,
    @Nullable List<RawRow> rows) {

  /** What holds for rows that do not say it themselves. */
  record Defaults(
      @Nullable String venue, @Nullable String symbol, @Nullable String timeframe, TimeUnit unit) {}

  /** What integer timestamps count. */
  enum TimeUnit {
    S(1_000_000, 1),
    MS(1_000, 1),
    US(1, 1),
    NS(1, 1_000);

    private final long times;
    private final long per;

    TimeUnit(long times, long per) {
      this.times = times;
      this.per = per;
    }

    /** Microseconds since the epoch. Throws {@link ArithmeticException} on overflow. */
    long micros(long value) {
      return Math.floorDiv(Math.multiplyExact(value, times), per);
    }

    static @Nullable TimeUnit of(String word) {
      return switch (word) {
        case "s" -> S;
        case "ms" -> MS;
        case "us" -> US;
        case "ns" -> NS;
        default -> null;
      };
    }
  }
}
