package dev.candlewick.server.candle;

import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/**
 * The statements that read parts. Each is one statement, so that it sees the stored candles, the
 * marks of what is not rolled up yet and the trades as they were at one moment. From the open
 * minutes on the trades are read, whatever the marks say.
 *
 * <p>Parameters: $1 instrument; $2 from, $3 to; $4 where in between the open minutes begin; $5 the
 * asked timeframe where the series has exact candles. Columns: those of a stored candle, the source
 * with one of the kinds added to it: a column of its own would make a read a tenth slower.
 */
final class CandleSql {
  /** A row of the level. */
  static final int LEVEL = 0;

  /** A shorter part as it is stored. */
  static final int STORED = 16;

  /** A shorter part built just now, which replaces the stored one. */
  static final int FRESH = 32;

  /** The venue's own candle of the asked timeframe. */
  static final int EXACT = 48;

  /** No row: something in the range is not up to date. */
  static final int MARK = 64;

  /** What of the last column is the source. */
  static final int SOURCE = 15;

  private static final String COLUMNS =
      "ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume";

  private static final String MARKED =
      """
      (select bucket as ts, 0::float8 as open, 0::float8 as high, 0::float8 as low,
         0::float8 as close, 0::float8 as volume, 0::float8 as quote_volume, 0::int8 as trades,
         0::float8 as taker_buy_volume, 64::int2 as source
       from ingest.dirty
       where bucket >= $2 and bucket < $4 and $1 = any (ids) {marks} limit 1)
      """;

  /** {@code dug}: buckets of the level that are not up to date, or of more than one source. */
  private static final String PENDING =
      """
      with pending as materialized (
        select bucket, bool_or(level <= 60) as minute, bool_or(level = 1) as finer
        from ingest.dirty
        where bucket >= $2 and bucket < $4 and $1 = any (ids)
        group by bucket
      ),
      dug as materialized (
        select public.time_bucket({length}, bucket) as ts from pending where bucket < {tail}
        union
        select ts from {level}
        where instrument_id = $1 and ts >= $2 and ts < {tail} and {impure}
      ),
      minutes as (
        select {columns}, source from market.candles_1m
        where instrument_id = $1 and ts >= {tail} and ts < $3
        union all
        select m.* from dug cross join lateral (
          select {columns}, source from market.candles_1m
          where instrument_id = $1 and ts >= dug.ts and ts < dug.ts + {length}
            and ts >= $2 and ts < $3
          offset 0) m
      ),
      stale as materialized (
        select ts, bool_or(finer) as finer from (
          select public.time_bucket('1 minute', bucket) as ts, finer from pending where minute
          union all
          {replaced}
        ) s
        group by ts
      )
      """;

  /** Minutes whose stored row is of the source that is not asked for. */
  private static final String REPLACED_BUILT =
      "select ts, false from minutes where source = " + Part.CLOSED;

  private static final String REPLACED_NATIVE =
      """
      select ts, true from minutes where source = 1 and exists (
        select from market.candles_native
        where instrument_id = $1 and ts >= $2 and ts < $3 and timeframe = any ({finer}))
      """;

  private static final String SELECT_LEVEL =
      """
      select {columns}, source from {level}
      where instrument_id = $1 and ts >= $2 and ts < {tail}
      """;

  private static final String NOT_DUG = "and ts not in (select ts from dug)\n";

  private static final String SELECT_TAIL =
      """
      select {columns}, source + 16::int2 as source from market.candles_1m
      where instrument_id = $1 and ts >= {tail} and ts < $3
      """;

  private static final String SELECT_MINUTES = "select {columns}, source + 16::int2 from minutes\n";

  /** The venue's forming minutes, also where trades have taken their place among the minutes. */
  private static final String SELECT_FORMING =
      """
      select {columns}, 20::int2 from market.candles_native
      where instrument_id = $1 and timeframe = '1m' and ts >= $2 and ts < $3
        and (ts >= {tail} or public.time_bucket({length}, ts) in (select ts from dug))
      """;

  private static final String SELECT_STALE =
      """
      select stale.ts, b.*, 33::int2
      from stale cross join lateral market.built_minute($1, stale.ts) b
      where {built}
      union all
      select stale.ts, n.*, 40::int2
      from stale cross join lateral market.native_minute($1, stale.ts) n
      where stale.finer
      """;

  private static final String SELECT_FRESH =
      """
      select b.*, 33::int2 as source
      from market.built_buckets($1, $4, $3, {step}) b
      union all
      select n.*, 40::int2
      from market.native_buckets($1, $4, $3, {step}, {finer}) n
      """;

  private static final String SELECT_EXACT =
      """
      select {columns}, case when closed then 50 else 52 end::int2 from market.candles_native
      where instrument_id = $1 and timeframe = $5 and ts >= $2 and ts < $3
      """;

  private static final String NEAREST =
      """
      select {extreme}(ts) from (
        (select ts from {minutes} {range})
        union all
        (select ts from {level} {range})
        union all
        (select ts from market.trades {range})
        union all
        (select n.ts from unnest($4::text[]) f (timeframe) cross join lateral (
           select ts from market.candles_native {native}) n)
      ) nearest
      """;

  private CandleSql() {}

  /**
   * The range as it usually is: all rolled up but the open minutes; or else a mark.
   *
   * @param open whether there are open minutes in it
   */
  static String readIfUpToDate(Series series, boolean open) {
    boolean minutes = series.level().equals(Level.M1);
    return complete(
        series,
        MARKED.replace("{marks}", minutes ? "and level <= 60" : ""),
        minutes ? "" : SELECT_LEVEL,
        minutes || open ? SELECT_TAIL : "",
        open ? SELECT_FRESH : "",
        exact(series));
  }

  /** The range whatever it is like. */
  static String read(Series series) {
    boolean minutes = series.level().equals(Level.M1);
    return complete(
        series,
        PENDING + (minutes ? SELECT_TAIL : SELECT_LEVEL + NOT_DUG),
        minutes ? "" : SELECT_MINUTES,
        series.source() == Source.NATIVE ? SELECT_FORMING : "",
        SELECT_STALE,
        SELECT_FRESH,
        exact(series));
  }

  /** A range from trades; $4 is its beginning. */
  static String readSteps(Series series) {
    return complete(series, SELECT_FRESH, exact(series));
  }

  private static String exact(Series series) {
    return series.hasExact() ? SELECT_EXACT : "";
  }

  /** Where in a range there is anything at all: $4 timeframes of the venue's own candles. */
  static String nearest(Series series, boolean last) {
    String range = "where instrument_id = $1 and ts >= $2 and ts < $3";
    String order = last ? " order by ts desc limit 1" : " order by ts limit 1";
    return NEAREST
        .replace("{extreme}", last ? "max" : "min")
        .replace("{range}", range + order)
        .replace("{native}", range + " and timeframe = f.timeframe" + order)
        .replace("{minutes}", series.level().isTrades() ? "market.trades" : "market.candles_1m")
        .replace("{level}", series.level().relation());
  }

  private static String complete(Series series, String... selects) {
    Level level = series.level();
    String all = Stream.of(selects).filter(s -> !s.isEmpty()).collect(joining("union all\n"));
    // For minutes everything is tail.
    String tail = level.equals(Level.M1) ? "$2" : "greatest($2, public.time_bucket({length}, $4))";
    String step = level.isTrades() ? "{length}" : "interval '1 minute'";
    return (all + "limit " + (CandleRepository.MAX_ROWS + 1))
        .replace("{replaced}", replaced(series.source()))
        .replace("{built}", String.valueOf(series.source() != Source.NATIVE))
        .replace("{finer}", "array['" + String.join("', '", level.finer()) + "']")
        .replace("{impure}", impure(series.source()))
        .replace("{tail}", tail)
        .replace("{step}", step)
        .replace("{level}", level.relation())
        .replace("{length}", "interval '" + level.seconds() + " seconds'")
        .replace("{columns}", COLUMNS);
  }

  private static String replaced(Source source) {
    return switch (source) {
      case AUTO -> "select null, false where false";
      case BUILT -> REPLACED_BUILT;
      case NATIVE -> REPLACED_NATIVE;
    };
  }

  private static String impure(Source source) {
    return switch (source) {
      case AUTO -> "false";
      case BUILT -> "source <> 1";
      case NATIVE -> "source & 1 = 1";
    };
  }
}
