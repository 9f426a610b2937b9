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

/** A question for indicators over one instrument's candles. */
public record IndicatorQuery(CandleQuery candles, Indicators indicators) {
  /** What a request may ask; {@code format} and {@code unit} are the handler's. */
  static final Set<String> PARAMETERS = parameters();

  private static final long DAY = 86_400;
  private static final long SHORTEST_MONTH = 28 * DAY;

  private static Set<String> parameters() {
    Set<String> names = new HashSet<>(CandleQuery.PARAMETERS);
    names.remove("fill");
    names.add("indicators");
    return Set.copyOf(names);
  }

  /** The question that these parameters ask; 400 naming the parameter that is wrong. */
  static IndicatorQuery parse(Params params) {
    Indicators indicators = indicators(params.required("indicators"));
    return new IndicatorQuery(CandleQuery.parse(params), indicators);
  }

  /** The indicators of a list; 400 if they are none. */
  public static Indicators indicators(String list) {
    try {
      return Indicators.parse(list);
    } catch (IndicatorException e) {
      throw Problem.badParameter("indicators", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Where the computation of each value begins.
   *
   * @param days when the day begins that holds a time
   */
  Blocks blocks(LongUnaryOperator days) {
    return new Blocks(shortest(candles.timeframe(), candles.session()), days);
  }

  /** The same for candles as they are told live: in UTC. */
  public static Blocks blocks(Timeframe timeframe) {
    return Blocks.utc(shortest(timeframe, false));
  }

  /**
   * How far from one candle to the next at least, on average: a session cuts its last one short.
   */
  private static long shortest(Timeframe timeframe, boolean session) {
    long seconds =
        timeframe.months() > 0 ? timeframe.months() * SHORTEST_MONTH : timeframe.seconds();
    return session && seconds < DAY ? Math.max(1, seconds / 2) : seconds;
  }
}
