package dev.candlewick.server.performance;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which trades a request asks for and how they are grouped.
 *
 * @param range of exits
 * @param last at most this many of the latest; null for all
 */
record PerformanceQuery(
    @Nullable String bot,
    @Nullable String strategy,
    @Nullable String symbol,
    Range range,
    @Nullable Integer last,
    @Nullable Grouping by) {
  private static final Set<String> PARAMETERS =
      Set.of("bot", "strategy", "symbol", "from", "to", "window", "by", "unit");
  private static final Pattern WINDOW = Pattern.compile("([1-9][0-9]{0,5})(d?)");
  private static final long DAY = 86_400_000_000L;

  static PerformanceQuery parse(RoutingContext ctx, Clock clock) {
    Params params = Params.of(ctx, PARAMETERS);
    Times unit = params.unit();
    Range range = params.range(unit);
    String window = params.text("window");
    Integer last = null;
    if (window != null) {
      Matcher found = WINDOW.matcher(window);
      if (!found.matches()) {
        throw Problem.badParameter(
            "window", "must be a number of days (30d) or of trades (50), at most 999999");
      }
      int length = Integer.parseInt(found.group(1));
      if (found.group(2).isEmpty()) {
        last = length;
      } else {
        range = days(range, length, Times.micros(clock.instant()));
      }
    }
    String symbol = params.text("symbol");
    return new PerformanceQuery(
        params.text("bot"),
        params.text("strategy"),
        symbol == null ? null : Params.symbol(symbol),
        range,
        last,
        by(params));
  }

  /** The last days of a range, which ends now unless it has an end. */
  private static Range days(Range range, int days, long now) {
    long to = range.to() == null ? now : range.to();
    long from = Math.max(0, to - days * DAY);
    return new Range(range.from() == null ? from : Math.max(from, range.from()), to);
  }

  private static @Nullable Grouping by(Params params) {
    if (params.text("by") == null) {
      return null;
    }
    String word =
        params.oneOf("by", "day", "day", "week", "month", "bot", "strategy", "symbol", "regime");
    for (Grouping grouping : Grouping.values()) {
      if (grouping.word().equals(word)) {
        return grouping;
      }
    }
    throw new IllegalStateException(word);
  }
}
