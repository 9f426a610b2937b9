package dev.candlewick.server.candle;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Set;

/**
 * A query for candles of one instrument.
 *
 * @param zone at whose midnight timeframes of whole days start; irrelevant for shorter ones
 * @param session whether buckets are those of the instrument's session instead
 */
public record CandleQuery(
    String venue,
    String symbol,
    Timeframe timeframe,
    ZoneId zone,
    boolean session,
    Source source,
    Slice slice) {
  /** What a request may contain; {@code format} and {@code unit} are the handler's. */
  public static final Set<String> PARAMETERS =
      Set.of(
          "venue",
          "symbol",
          "timeframe",
          "from",
          "to",
          "limit",
          "order",
          "cursor",
          "fill",
          "tz",
          "state",
          "source",
          "format",
          "unit");

  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;
  private static final long DAY = 86_400;
  private static final long MICROS = 1_000_000;

  /** Rejects anything that has no buckets. */
  public CandleQuery {
    boolean calendar = session || !zone.equals(ZoneOffset.UTC);
    if (calendar && timeframe.longestSeconds() > DAY && !Days.divide(timeframe)) {
      throw Problem.badParameter(
          "timeframe", "must be shorter than a day or made of whole days where tz is given");
    }
  }

  /** The query in these parameters; 400 naming the parameter that is wrong. */
  public static CandleQuery parse(Params params) {
    Timeframe timeframe = Params.timeframe(params.required("timeframe"));
    String tz = params.text("tz");
    boolean session = "session".equals(tz);
    return new CandleQuery(
        params.venue(),
        params.symbol(),
        timeframe,
        tz == null || session ? ZoneOffset.UTC : zone(tz),
        session,
        Source.valueOf(upper(params.oneOf("source", "auto", "auto", "built", "native"))),
        slice(params, timeframe));
  }

  private static Slice slice(Params params, Timeframe timeframe) {
    Slice first =
        new Slice(
            params.range(params.unit()),
            params.limit(DEFAULT_LIMIT, MAX_LIMIT),
            params.descending(),
            null,
            Fill.valueOf(upper(params.oneOf("fill", "none", "none", "null", "previous"))),
            params.oneOf("state", "all", "all", "closed").equals("closed"));
    Cursor cursor = params.cursor(Position.kind(timeframe, first.backwards()), 2);
    return cursor == null ? first : first.at(Position.of(cursor));
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name).normalized();
    } catch (DateTimeException unknown) {
      throw Problem.badParameter(
          "tz", "must be an IANA time zone (America/New_York) or the word session");
    }
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  /**
   * The buckets of the timeframe. 400 naming {@code tz} if the session is asked for and the
   * instrument has none.
   */
  Buckets buckets(Instrument instrument) {
    if (session) {
      return new TradingHoursBuckets(timeframe, session(instrument));
    }
    return zone.equals(ZoneOffset.UTC) || !Days.divide(timeframe)
        ? Buckets.utc(timeframe)
        : new ZoneBuckets(timeframe, zone, instrument.isIn(zone));
  }

  /** The last of its candles that start before a time, up to a number. */
  Slice before(long seconds, int count) {
    Range range = new Range(null, seconds * MICROS);
    return new Slice(range, count, false, null, Fill.NONE, slice.closedOnly());
  }

  /** The most candles on a page. */
  public int limit() {
    return slice.limit();
  }

  /** Whether candles that are not closed are left out. */
  public boolean closedOnly() {
    return slice.closedOnly();
  }

  /** Whether its buckets depend on the instrument's properties. */
  boolean asksOfInstrument() {
    return session || !zone.equals(ZoneOffset.UTC);
  }

  /** The days over which indicators accumulate intraday: midnight to midnight of the zone. */
  Buckets days(Instrument instrument) {
    Timeframe day = Timeframe.ofSeconds(DAY);
    return session ? new TradingHoursBuckets(day, session(instrument)) : new ZoneBuckets(day, zone);
  }

  private static TradingHours session(Instrument instrument) {
    String text = instrument.session();
    if (text == null) {
      throw Problem.badParameter("tz", "the instrument has no session");
    }
    return TradingHours.parse(text)
        .orElseThrow(
            () ->
                Problem.badParameter(
                    "tz",
                    "the instrument's session is not written like America/New_York 09:30-16:00"));
  }
}
