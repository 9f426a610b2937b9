package dev.candlewick.server.udf;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.web.Range;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query for bars that start before {@code to}.
 *
 * @param from the first second at which a bar may start; null if {@code countback} takes precedence
 * @param count the most bars, the last ones
 */
record HistoryQuery(String symbol, Timeframe timeframe, @Nullable Long from, long to, int count) {
  static final Set<String> PARAMETERS =
      Set.of("symbol", "resolution", "from", "to", "countback", UdfParams.CURRENCY, UdfParams.UNIT);

  /** A chart that wants more bars than this asks again. */
  private static final int MOST = 10_000;

  private static final long MICROS = 1_000_000;
  private static final long LAST = Range.END / MICROS;

  static HistoryQuery parse(UdfParams params) {
    Long countback = params.number("countback");
    Long from = params.number("from");
    Long to = params.number("to");
    long count = countback == null || countback <= 0 ? 0 : Math.min(countback, MOST);
    return new HistoryQuery(
        params.required("symbol"),
        Resolution.timeframe(params.required("resolution")),
        count > 0 || from == null ? null : clamped(from),
        to == null ? LAST : clamped(to),
        count > 0 ? (int) count : MOST);
  }

  /** Whether no bar can start in the range. */
  boolean isEmpty() {
    return from != null && from >= to;
  }

  Wanted wanted() {
    return Wanted.last(timeframe, range(from, to), count);
  }

  /** The last bar before the range. */
  Wanted before() {
    return Wanted.last(timeframe, range(null, from == null ? to : Math.min(from, to)), 1);
  }

  private static Range range(@Nullable Long from, long to) {
    return new Range(from == null ? null : from * MICROS, to * MICROS);
  }

  private static long clamped(long seconds) {
    return Math.max(0, Math.min(seconds, LAST));
  }
}
