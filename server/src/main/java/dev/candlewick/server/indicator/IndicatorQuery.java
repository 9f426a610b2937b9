package dev.candlewick.server.indicator;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.IndicatorException;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.CandleQuery;
import dev.candlewick.server.web.Params;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/** A query for indicators over one instrument's candles. */
public record IndicatorQuery(CandleQuery candles, Indicators indicators) {
  /** What a request may contain; {@code format} and {@code unit} are the handler's. */
  static final Set<String> PARAMETERS = parameters();

  private static final long DAY = 86_400;
  private static final long SHORTEST_MONTH = 28 * DAY;

  private static Set<String> parameters() {
    Set<String> names = new HashSet<>(CandleQuery.PARAMETERS);
    names.remove("fill");
    names.add("indicators");
    return Set.copyOf(names);
  }

  /** The query in these parameters; 400 naming the parameter that is wrong. */
  static IndicatorQuery parse(Params params) {
    Indicators indicators = indicators(params.required("indicators"));
    return new IndicatorQuery(CandleQuery.parse(params), indicators);
  }

  /** The indicators in a list; 400 if it is invalid. */
  public static Indicators indicators(String list) {
    try {
      return Indicators.parse(list);
    } catch (IndicatorException e) {
      throw Problem.badParameter("indicators", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the computation of each value starts.
   *
   * @param days when the day that contains a time starts
   */
  Blocks blocks(LongUnaryOperator days) {
    return new Blocks(shortest(candles.timeframe(), candles.session()), days);
  }

  /** The same for live candles: in UTC. */
  public static Blocks blocks(Timeframe timeframe) {
    return Blocks.utc(shortest(timeframe, false));
  }

  /** The minimum average distance between two candles: a session cuts its last one short. */
  private static long shortest(Timeframe timeframe, boolean session) {
    long seconds =
        timeframe.months() > 0 ? timeframe.months() * SHORTEST_MONTH : timeframe.seconds();
    return session && seconds < DAY ? Math.max(1, seconds / 2) : seconds;
  }
}
