package dev.candlewick.server.candle;

import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;

/**
 * The statements that read parts. A range that is up to date takes one. One that is not takes
 * several, at one snapshot: its marks, then what the marks say, in runs of buckets without a gap.
 * From the open minutes on the trades are read, whatever the marks say.
 *
 * <p>Parameters of a range: $1 instrument; $2 from, $3 to; $4 where in between the open minutes
 * begin; $5 the asked timeframe where the series has exact candles. Of runs: $1 instrument; $2
 * starts, $3 ends; $4 and $5 the range around them, which is what excludes chunks. Columns: those
 * of a stored candle, the source with one of the kinds added to it: a column of its own would make
 * a read a tenth slower.
 */
final class CandleSql {
  /** A row of the level. */
  static final int LEVEL = 0;

  /** A stored shorter part. */
  static final int STORED = 16;

  /** A shorter part built just now, which replaces the stored one. */
  static final int FRESH = 32;

  /** The venue's own candle of the requested timeframe. */
  static final int EXACT = 48;

  /** No row: something in the range is not up to date. */
  static final int MARK = 64;

  /**
   * Not a row: from where on the level with that many seconds (in the column of trades) is stored.
   */
  static final int HELD = 80;

  /** The bits of the last column that are the source. */
  static final int SOURCE = 15;

  private static final String COLUMNS =
      "ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume";

  private static final String MARKED =
      """
      (select bucket as ts, 0::float8 as open, 0::float8 as high, 0::float8 as low,
         0::float8 as close, 0::float8 as volume, 0::float8 as quote_volume, 0::int8 as trades,
         0::float8 as taker_buy_volume, 64::int2 as source
       from ingest.dirty
       where bucket >= $2 and bucket < $4 and minutes is null and $1 = any (ids) {marks} limit 1)
      union all
      (select bucket, 0, 0, 0, 0, 0, 0, 0, 0, 64::int2 from ingest.dirty
       where ids[1] = $1 and bucket > $2 - interval '1 day' and bucket < $4 and minutes is not null
         {marks} limit 1)
      """;

  private static final String SELECT_HELD =
      """
      select coalesce(held_from, before), 0, 0, 0, 0, 0, 0, level::int8, 0, 80::int2
      from ingest.dropped where level >= {seconds}
      """;

  /** The same on its own. */
  static final String DROPPED =
      """
      select level::int8, coalesce(held_from, before) from ingest.dropped where level is not null
      """;

  /** Candles of a longer level than the series', $1 from $2 to $3. */
  private static final String COARSER =
      """
      select {columns}, source from {level} where instrument_id = $1 and ts >= $2 and ts < $3
      """;

  /**
   * Marks of $1 from $2 to $3. A minute that waits for a corrected or cancelled trade may turn into
   * the venue's finer candles, so it counts as marked for those too.
   */
  static final String MARKS =
      """
      select level, bucket, null::bytea as minutes from ingest.dirty
      where bucket >= $2 and bucket < $3 and minutes is null and $1 = any (ids)
      group by 1, 2
      union all
      select level, bucket, minutes from ingest.dirty
      where ids[1] = $1 and bucket > $2 - interval '1 day' and bucket < $3 and minutes is not null
      union all
      select 1, minute, null from ingest.amended
      where instrument_id = $1 and minute >= $2 and minute < $3
      """;

  private static final String SELECT_LEVEL =
      """
      select {columns}, source from {level}
      where instrument_id = $1 and ts >= $2 and ts < least({tail}, $3)
      """;

  /** A built minute with a corrected or cancelled trade counts as not stored. */
  private static final String STANDS =
      """
      (source <> 1 or not exists (
        select from ingest.amended a where a.instrument_id = $1 and a.minute = ts))\
      """;

  private static final String SELECT_TAIL =
      """
      select {columns}, source + 16::int2 as source from market.candles_1m
      where instrument_id = $1 and ts >= {tail} and ts < $3 and {stands}
      """;

  /** The venue's forming minutes, including those replaced by trades among the minutes. */
  private static final String SELECT_FORMING_TAIL =
      """
      select {columns}, 20::int2 from market.candles_native
      where instrument_id = $1 and timeframe = '1m' and ts >= {tail} and ts < $3
      """;

  /** Buckets of the level with more than one source. */
  private static final String IMPURE =
      """
      select ts from {level}
      where instrument_id = $1 and ts >= $2 and ts < least({tail}, $3) and {impure}
      """;

  private static final String RUNS =
      """
      select m.* from unnest($2::timestamptz[], $3::timestamptz[]) as run (start, stop)
      cross join lateral ({of} offset 0) as m
      """;

  private static final String OF_RUN =
      """
      from {relation}
      where instrument_id = $1 and ts >= run.start and ts < run.stop and ts >= $4 and ts < $5
      """;

  private static final String MINUTES_OF_RUN =
      "select {columns}, source + 16::int2 as source "
          + OF_RUN.replace("{relation}", "market.candles_1m")
          + " and {stands}";

  private static final String FORMING_OF_RUN =
      "select {columns}, 20::int2 "
          + OF_RUN.replace("{relation}", "market.candles_native")
          + " and timeframe = '1m'";

  private static final String BUILT_OF_RUN =
      """
      select b.*, 33::int2 as source
      from market.built_buckets($1, run.start, run.stop, interval '1 minute', $4, $5) b
      """;

  private static final String FINER_OF_RUN =
      """
      select n.*, 40::int2 as source
      from market.native_buckets($1, run.start, run.stop, interval '1 minute', {finer}, $4, $5) n
      """;

  private static final String SELECT_FRESH =
      """
      select b.*, 33::int2 as source
      from market.built_buckets($1, {open}, $3, {step}, {open}, $3) b
      union all
      select n.*, 40::int2
      from market.native_buckets($1, {open}, $3, {step}, {finer}, {open}, $3) n
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
        {coarser}
        (select ts from market.trades {range})
        union all
        (select n.ts from unnest($4::text[]) f (timeframe) cross join lateral (
           select ts from market.candles_native {native}) n)
      ) nearest
      """;

  private CandleSql() {}

  /**
   * The range in the usual case: everything rolled up except the open minutes; otherwise a mark.
   *
   * @param open whether it contains open minutes
   */
  static String readIfUpToDate(Series series, boolean open) {
    boolean minutes = series.level().equals(Level.M1);
    return complete(
        series,
        MARKED.replace("{marks}", minutes ? "and level <= 60" : ""),
        minutes ? "" : SELECT_LEVEL,
        minutes || open ? SELECT_TAIL : "",
        open ? SELECT_FRESH : "",
        exact(series),
        SELECT_HELD);
  }

  /** What is up to date in the range, separately from what is not and from its open minutes. */
  static String readBeside(Series series) {
    return complete(
        series,
        series.level().equals(Level.M1) ? "" : SELECT_LEVEL,
        SELECT_TAIL,
        series.source() == Source.NATIVE ? SELECT_FORMING_TAIL : "",
        SELECT_FRESH,
        exact(series),
        SELECT_HELD);
  }

  static String coarser(Level level) {
    return COARSER.replace("{columns}", COLUMNS).replace("{level}", level.relation());
  }

  /** Buckets of the level that must be built from minutes because of their source. */
  static String impure(Series series) {
    return complete(series, IMPURE);
  }

  /** The stored minutes of runs. */
  static String minutes(Series series) {
    return complete(
        series,
        RUNS.replace("{of}", MINUTES_OF_RUN),
        series.source() == Source.NATIVE ? RUNS.replace("{of}", FORMING_OF_RUN) : "");
  }

  /** The minutes of runs, built from their trades. */
  static String built(Series series) {
    return complete(series, RUNS.replace("{of}", BUILT_OF_RUN));
  }

  /** The minutes of runs, built from the venue's candles of less than a minute. */
  static String finer(Series series) {
    return complete(series, RUNS.replace("{of}", FINER_OF_RUN));
  }

  /** A range built from trades; $4 is its start. */
  static String readSteps(Series series) {
    return complete(series, SELECT_FRESH, exact(series));
  }

  private static String exact(Series series) {
    boolean minute = series.timeframe().seconds() == Level.M1.seconds();
    String exact = minute ? SELECT_EXACT + " and taken_back_at is not null\n" : SELECT_EXACT;
    return series.hasExact() ? exact : "";
  }

  /** Where there is anything at all in a range: $4 are timeframes of the venue's own candles. */
  static String nearest(Series series, boolean last) {
    String range = "where instrument_id = $1 and ts >= $2 and ts < $3";
    String order = last ? " order by ts desc limit 1" : " order by ts limit 1";
    return NEAREST
        .replace("{coarser}", coarser(series))
        .replace("{extreme}", last ? "max" : "min")
        .replace("{range}", range + order)
        .replace("{native}", range + " and timeframe = f.timeframe" + order)
        .replace("{minutes}", series.level().isTrades() ? "market.trades" : "market.candles_1m")
        .replace("{level}", series.level().relation());
  }

  /**
   * Where a level is dropped, there may still be a day of a zone that its longer levels also
   * divide.
   */
  private static String coarser(Series series) {
    return series.level().coarser().stream()
        .filter(level -> series.buckets() instanceof ZoneBuckets)
        .map(level -> "(select ts from " + level.relation() + " {range}) union all\n")
        .collect(joining());
  }

  private static String complete(Series series, String... selects) {
    Level level = series.level();
    String all = Stream.of(selects).filter(s -> !s.isEmpty()).collect(joining("union all\n"));
    // For minutes everything is the tail.
    String tail =
        level.equals(Level.M1)
            ? "$2"
            : "greatest($2, public.time_bucket({length}, $4::timestamptz))";
    String step = level.isTrades() ? "{length}" : "interval '1 minute'";
    return (all + "limit " + (PartRepository.MOST + 1))
        .replace("{stands}", STANDS)
        .replace("{finer}", "array['" + String.join("', '", level.finer()) + "']")
        .replace("{impure}", impure(series.source()))
        .replace("{tail}", tail)
        .replace("{step}", step)
        .replace("{seconds}", String.valueOf(level.seconds()))
        // Every parameter must occur, or PostgreSQL could not determine its type.
        .replace("{open}", level.isTrades() ? "greatest($2::timestamptz, $4)" : "$4")
        .replace("{level}", level.relation())
        .replace("{length}", "interval '" + level.seconds() + " seconds'")
        .replace("{columns}", COLUMNS);
  }

  private static String impure(Source source) {
    return switch (source) {
      case AUTO -> "false";
      case BUILT -> "source <> 1";
      case NATIVE -> "source & 1 = 1";
    };
  }
}
