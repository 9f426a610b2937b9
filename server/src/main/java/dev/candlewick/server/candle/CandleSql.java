package dev.candlewick.server.candle;

/**
 * The statements that read parts. Each is one statement, so that it sees the stored candles, the
 * marks of what is not rolled up yet and the trades as they were at one moment.
 *
 * <p>Parameters: $1 instrument; $2 from, $3 to; the last one the asked timeframe where the series
 * has exact candles. Columns: one of the kinds, then those of a stored candle.
 */
final class CandleSql {
  /** A row of the level. */
  static final int LEVEL = 0;

  /** A shorter part as it is stored. */
  static final int STORED = 1;

  /** A shorter part built just now, which replaces the stored one. */
  static final int FRESH = 2;

  /** The venue's own candle of the asked timeframe. */
  static final int EXACT = 3;

  /** No row: something in the range is not up to date. */
  static final int MARK = 4;

  private static final String COLUMNS =
      "ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume";

  private static final String FINER =
      "array['1s', '2s', '3s', '4s', '5s', '6s', '10s', '12s', '15s', '20s', '30s']";

  private static final String STORED_IF_UP_TO_DATE =
      """
      (select 4 as kind, bucket as ts, 0::float8 as open, 0::float8 as high, 0::float8 as low,
         0::float8 as close, 0::float8 as volume, 0::float8 as quote_volume, 0::int8 as trades,
         0::float8 as taker_buy_volume, 0::int2 as source
       from ingest.dirty
       where bucket >= $2 and bucket < $3 and $1 = any (ids) {marks} limit 1)
      union all
      select 0, {columns}, source from {level}
      where instrument_id = $1 and ts >= $2 and ts < $3
      """;

  /** Until $4 the marks tell which minutes are not up to date, from there on the trades do. */
  private static final String PENDING =
      """
      with pending as materialized (
        select bucket, bool_or(level <= 60) as minute, bool_or(level = 1) as finer
        from ingest.dirty
        where bucket >= $2 and bucket < $4 and $1 = any (ids)
        group by bucket
      ),
      """;

  private static final String MINUTES_OF_THE_RANGE =
      """
      minutes as (
        select {columns}, source from market.candles_1m
        where instrument_id = $1 and ts >= $2 and ts < $3
      ),
      """;

  /** {@code dug}: buckets of the level that are not up to date, or of more than one source. */
  private static final String MINUTES_WHERE_THE_LEVEL_IS_NOT_READ =
      """
      dug as materialized (
        select public.time_bucket({interval}, bucket) as ts from pending where bucket < {tail}
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
          where instrument_id = $1 and ts >= dug.ts and ts < dug.ts + {interval}) m
      ),
      """;

  private static final String FRESH_MINUTES =
      """
      fresh as materialized (
        select ts, bool_or(finer) as finer from (
          select public.time_bucket('1 minute', bucket) as ts, finer from pending where minute
          union all
          select distinct public.time_bucket('1 minute', ts), false from market.trades
          where instrument_id = $1 and ts >= $4 and ts < $3
          union all
          select distinct public.time_bucket('1 minute', ts), true from market.candles_native
          where instrument_id = $1 and ts >= $4 and ts < $3 and closed and timeframe = any ({finer})
          union all
          {replaced}
        ) f
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
      select 0 as kind, {columns}, source from {level}
      where instrument_id = $1 and ts >= $2 and ts < {tail} and ts not in (select ts from dug)
      union all
      """;

  private static final String SELECT_MINUTES = "select 1 as kind, {columns}, source from minutes\n";

  private static final String SELECT_BUILT =
      """
      union all
      select 2, fresh.ts, b.*, 1::int2
      from fresh cross join lateral market.built_minute($1, fresh.ts) b
      """;

  private static final String SELECT_FINER =
      """
      union all
      select 2, fresh.ts, n.*, 8::int2
      from fresh cross join lateral market.native_minute($1, fresh.ts) n
      where fresh.finer
      """;

  private static final String SELECT_EXACT =
      """
      union all
      select 3, {columns}, case when closed then 2 else 4 end::int2 from market.candles_native
      where instrument_id = $1 and timeframe = {timeframe} and ts >= $2 and ts < $3
      """;

  private static final String STEPS =
      """
      select 1 as kind, b.*, 1::int2 as source
      from market.built_buckets($1, $2, $3, {interval}) b
      union all
      select 1, n.*, 8::int2
      from market.native_buckets($1, $2, $3, {interval}, $4) n
      """;

  /** $4: timeframes of the venue's own candles. One row: the first or last ts in the range. */
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

  /** The stored candles of a range that ended some time ago, and a mark if they will not do. */
  static String readStored(Series series) {
    String exact = series.hasExact() ? SELECT_EXACT.replace("{timeframe}", "$4") : "";
    String marks = series.level().equals(Level.M1) ? "and level <= 60" : "";
    return complete(STORED_IF_UP_TO_DATE.replace("{marks}", marks) + exact, series);
  }

  /** Whatever a range is made of. */
  static String read(Series series) {
    boolean minutes = series.level().equals(Level.M1);
    Source source = series.source();
    String sql =
        PENDING
            + (minutes ? MINUTES_OF_THE_RANGE : MINUTES_WHERE_THE_LEVEL_IS_NOT_READ)
            + FRESH_MINUTES
            + (minutes ? "" : SELECT_LEVEL)
            + SELECT_MINUTES
            + (source == Source.NATIVE ? "" : SELECT_BUILT)
            + (source == Source.BUILT ? "" : SELECT_FINER)
            + (series.hasExact() ? SELECT_EXACT.replace("{timeframe}", "$5") : "");
    return complete(sql, series);
  }

  /** A range folded from trades, and from the venue's candles that are shorter still. */
  static String readSteps(Series series) {
    String exact = series.hasExact() ? SELECT_EXACT.replace("{timeframe}", "$5") : "";
    return complete(STEPS + exact, series);
  }

  /** Where in a range there is anything at all. */
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

  private static String complete(String sql, Series series) {
    Level level = series.level();
    String tail = "greatest($2, public.time_bucket({interval}, $4))";
    return (sql + "limit " + (CandleRepository.MAX_ROWS + 1))
        .replace("{replaced}", replaced(series.source()))
        .replace("{impure}", impure(series.source()))
        .replace("{tail}", tail)
        .replace("{level}", level.relation())
        .replace("{interval}", "interval '" + level.seconds() + " seconds'")
        .replace("{finer}", FINER)
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
