package dev.candlewick.server.audit;

import dev.candlewick.server.audit.Scan.Scope;
import java.time.Duration;
import java.util.List;

/**
 * Checks of candles: on their own, against the trades, against the level below, and the venue's own
 * against built ones. Candles that wait to be rebuilt, or are not over, are left out.
 */
final class CandleScans {
  private static final String SHOWN =
      "concat('open ', r.open, ', high ', r.high, ', low ', r.low, ', close ', r.close,"
          + " ', volume ', r.volume)";
  private static final String NOT_FINITE =
      "array[r.open, r.high, r.low, r.close, r.volume, r.quote_volume, r.taker_buy_volume]"
          + " && array['NaN', 'Infinity', '-Infinity']::float8[]";
  private static final String OHLC_ORDER =
      "r.low > least(r.open, r.close) or r.high < greatest(r.open, r.close)";

  /** The tolerance is what {@code b} makes it: what is NaN differs. */
  private static final String DIFFERS =
      "b.high is null or r.open <> b.open or r.high <> b.high or r.low <> b.low or r.close <>"
          + " b.close or abs(r.volume - b.volume) > 1e-9 * greatest(abs(b.volume), 1)"
          + " or coalesce(r.trades <> b.trades, false)"
          + " or (r.quote_volume is null) <> (b.quote_volume is null)"
          + " or (r.taker_buy_volume is null) <> (b.taker_buy_volume is null)"
          + " or coalesce(abs(r.quote_volume - b.quote_volume)"
          + " > 1e-9 * greatest(b.volume * greatest(abs(b.high), abs(b.low)), 1), false)"
          + " or coalesce(abs(r.taker_buy_volume - b.taker_buy_volume)"
          + " > 1e-9 * greatest(b.volume, 1), false)";

  /**
   * Moving counts, which PostgreSQL maintains as the frame moves; a maximum would be recomputed
   * from all rows of the frame. A move is an outlier at 60 times the median of all moves (a robust
   * z-score of about 40) and 5 %: minutes of fast markets stay below both.
   */
  private static final Scan MINUTES =
      new Scan(
          List.of("market.candles_1m"),
          Scope.INSTRUMENT,
          Duration.ofDays(31),
          """
          with c as (
            select instrument_id, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume, source,
                   case when close > 0 and lag(close) over w > 0 then abs(ln(close / lag(close) over w)) end as move,
                   case when low > 0 and high > 0
                        then greatest(ln(high / greatest(open, close)), ln(least(open, close) / low)) end as wick,
                   count(*) over still as still_rows,
                   count(*) filter (where high <> low) over still
                     + count(*) filter (where low <> low_before) over steps as still_moves,
                   count(*) filter (where volume > 0) over still as still_traded
            from (
              select *, lag(low) over (order by ts) as low_before from market.candles_1m
              where instrument_id = $1 and ts >= $2::timestamptz - interval '3 hours' and ts < $3::timestamptz) o
            window w as (order by ts), still as (order by ts rows 119 preceding),
              steps as (order by ts rows 118 preceding)),
          m as (select percentile_cont(0.5) within group (order by move) as usual from c where move > 0)
          select c.*, m.usual from c cross join m
          """,
          SHOWN,
          List.of(
              new Check(
                  "candles_misaligned",
                  "a 1m candle does not begin with a minute",
                  "r.ts <> date_trunc('minute', r.ts)"),
              new Check("candles_ohlc_order", "low <= open, close <= high is required", OHLC_ORDER),
              new Check("candles_not_finite", "a value is NaN or infinite", NOT_FINITE),
              new Check(
                  "candles_negative_volume",
                  "a volume or a number of trades is below zero",
                  "r.volume < 0 or r.trades < 0 or r.taker_buy_volume < 0"),
              new Check(
                  "candles_volume_without_trades",
                  "a candle has volume and no trades",
                  "r.volume > 0 and r.trades = 0"),
              new Check(
                  "candles_trades_without_volume",
                  "the venue's own candle has trades and no volume",
                  "r.volume = 0 and r.trades > 0 and r.source & 1 = 0"),
              new Check(
                  "candles_taker_above_volume",
                  "the takers bought more than was traded",
                  "r.taker_buy_volume > r.volume * (1 + 1e-9)"),
              new Check(
                  "candles_quote_volume",
                  "quote volume / volume lies outside of low and high",
                  "r.low > 0 and r.volume > 0 and (r.quote_volume < r.low * r.volume * 0.999"
                      + " or r.quote_volume > r.high * r.volume * 1.001)"),
              new Check(
                  "candles_price_sign",
                  "a price is zero or negative in a market of positive prices",
                  "r.low <= 0 and r.high > 0"),
              new Check(
                  "candles_outliers",
                  "a move or a wick of more than 60 times the usual move and 5 %",
                  "greatest(move, wick) > greatest(60 * usual, 0.05)"),
              new Check(
                  "candles_stuck",
                  "the price has stood still for two hours in which there was trading",
                  "still_rows = 120 and still_moves = 0 and still_traded > 0"),
              new Check(
                  "candles_unknown_source",
                  "a source is not known",
                  "r.source not in (1, 2, 4, 8)"),
              new Check(
                  "candles_in_the_future",
                  "a candle begins more than a minute ahead of the clock",
                  "r.ts > now() + interval '1 minute'")));

  /** Built minutes against their trades, while those are kept. */
  private static final Scan AGAINST_TRADES =
      new Scan(
          List.of("market.trades", "market.candles_1m"),
          Scope.INSTRUMENT,
          Duration.ofDays(1),
          """
          select $1::int as instrument_id, coalesce(c.ts, b.ts) as ts, c.open, c.high, c.low, c.close, c.volume,
                 c.source, b.high as built_high, b.low as built_low,
                 c.high is null as missing, b.ts is null as unfounded,
                 c.open <> b.open or c.high <> b.high or c.low <> b.low or c.close <> b.close
                   or abs(c.volume - b.volume) > 1e-9 * greatest(abs(b.volume), 1)
                   or abs(c.quote_volume - b.quote_volume) > 1e-9 * greatest(abs(b.quote_volume), 1)
                   or abs(c.taker_buy_volume - b.taker_buy_volume) > 1e-9 * greatest(abs(b.volume), 1)
                   or c.trades <> b.trades as differs
          from (select * from market.candles_1m where instrument_id = $1 and ts >= $2::timestamptz
                  and ts < $3::timestamptz) c
          full join (select * from market.built_buckets($1, $2::timestamptz, $3::timestamptz,
                       interval '1 minute', $2::timestamptz, $3::timestamptz)) b
            on b.ts = c.ts
          where coalesce(c.ts, b.ts) >= coalesce((select date_trunc('minute', min(t.ts)) + interval '1 minute'
                                                  from market.trades t where t.instrument_id = $1), 'infinity')
            and coalesce(c.ts, b.ts) < now() - interval '2 minutes'
            and not exists (select from ingest.dirty d
                              where d.bucket in (coalesce(c.ts, b.ts), date_trunc('day', coalesce(c.ts, b.ts)))
                                and $1 = any (d.ids))
          """,
          "case when missing then 'no candle' else " + SHOWN + " end",
          List.of(
              new Check("candles_missing", "trades of a minute have made no candle", "missing"),
              new Check(
                  "candles_without_trades",
                  "a built candle has no trades behind it",
                  "source = 1 and unfounded"),
              new Check(
                  "candles_against_trades",
                  "a built candle is not what its trades say",
                  "source = 1 and differs"),
              new Check(
                  "candles_of_the_venue_against_trades",
                  "the venue's own minute and its trades differ by more than 1 % in price",
                  "source <> 1 and (abs(r.high - built_high) > 0.01 * abs(r.high)"
                      + " or abs(r.low - built_low) > 0.01 * abs(r.low))")));

  private static final Scan OF_THE_VENUE =
      new Scan(
          List.of("market.candles_native"),
          Scope.INSTRUMENT,
          Duration.ofDays(92),
          """
          select instrument_id, timeframe, ts, open, high, low, close, volume, quote_volume, trades, taker_buy_volume
          from market.candles_native
          where instrument_id = $1 and ts >= $2::timestamptz and ts < $3::timestamptz
          """,
          "r.timeframe || ' ' || " + SHOWN,
          List.of(
              new Check("native_ohlc_order", "low <= open, close <= high is required", OHLC_ORDER),
              new Check("native_not_finite", "a value is NaN or infinite", NOT_FINITE),
              new Check(
                  "native_unknown_timeframe",
                  "a timeframe is not one that can be asked for",
                  "r.timeframe !~ '^[1-9][0-9]{0,9}[smhdwM]$'"),
              new Check(
                  "native_negative_volume",
                  "a volume or a number of trades is below zero",
                  "r.volume < 0 or r.trades < 0 or r.taker_buy_volume < 0"),
              new Check(
                  "native_misaligned",
                  "a candle of minutes or hours does not begin where its timeframe does",
                  "r.timeframe ~ '^[0-9]+[mh]$' and extract(epoch from r.ts)::bigint %"
                      + " (left(r.timeframe, -1)::bigint * case right(r.timeframe, 1) when 'm' then"
                      + " 60 else 3600 end) <> 0 and 86400 % (left(r.timeframe, -1)::bigint * case"
                      + " right(r.timeframe, 1) when 'm' then 60 else 3600 end) = 0")));

  /** Where a venue's candle of minutes or hours covers minutes that are all built from trades. */
  private static final Scan NATIVE_AGAINST_BUILT =
      new Scan(
          List.of("market.candles_native", "market.candles_1m"),
          Scope.INSTRUMENT,
          Duration.ofDays(7),
          """
          select n.instrument_id, n.ts, n.open, n.high, n.low, n.close, n.volume, n.timeframe,
                 b.high as built_high, b.low as built_low, b.volume as built_volume
          from (select *, left(timeframe, -1)::int
                          * case right(timeframe, 1) when 'm' then interval '1 minute' else interval '1 hour' end as length
                from market.candles_native
                where instrument_id = $1 and ts >= $2::timestamptz and ts < $3::timestamptz and closed
                  and timeframe ~ '^[0-9]{1,3}[mh]$') n
          join lateral (
            select max(c.high) as high, min(c.low) as low, sum(c.volume) as volume, bool_and(c.source = 1) as built
            from market.candles_1m c
            where c.instrument_id = $1 and c.ts >= n.ts and c.ts < n.ts + n.length) b on b.built
          """,
          "r.timeframe || ' ' || "
              + SHOWN
              + " || ' against built high ' || built_high || ', low ' || built_low",
          List.of(
              new Check(
                  "native_against_built",
                  "the venue's candle and the trades differ by more than 1 % in price",
                  "abs(r.high - built_high) > 0.01 * abs(r.high)"
                      + " or abs(r.low - built_low) > 0.01 * abs(r.low)"),
              new Check(
                  "native_volume_against_built",
                  "the trades have more volume than the venue's candle, by more than 1 %",
                  "built_volume > r.volume * 1.01")));

  private CandleScans() {}

  static List<Scan> all() {
    return List.of(
        MINUTES,
        AGAINST_TRADES,
        level("5m", "1m", "5 minutes", 31),
        level("15m", "5m", "15 minutes", 92),
        level("1h", "15m", "1 hour", 366),
        level("4h", "1h", "4 hours", 1_830),
        level("1d", "4h", "1 day", 3_660),
        OF_THE_VENUE,
        NATIVE_AGAINST_BUILT);
  }

  /**
   * A stored level against the one below it, and that it has all of that; not checked where
   * retention has dropped either.
   */
  private static Scan level(String level, String below, String length, int days) {
    return new Scan(
        List.of("market.candles_" + below, "market.candles_" + level),
        Scope.LEVELS,
        Duration.ofDays(days),
        """
        select $1::int as instrument_id, coalesce(c.ts, b.ts) as ts, c.open, c.high, c.low, c.close, c.volume,
               c.high is null as missing, DIFFERS as differs
        from (select * from market.candles_LEVEL
              where instrument_id = $1 and ts >= $2::timestamptz and ts < $3::timestamptz) c
        full join (select public.time_bucket(interval 'LENGTH', ts) as ts, public.first(open, ts) as open,
                          max(high) as high, min(low) as low, public.last(close, ts) as close, sum(volume) as volume,
                          case when count(trades) = count(*) then sum(trades) end as trades,
                          case when count(quote_volume) = count(*) then sum(quote_volume) end as quote_volume,
                          case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume) end as taker_buy_volume
                   from market.candles_BELOW
                   where instrument_id = $1 and ts >= $2::timestamptz - interval 'LENGTH'
                     and ts < $3::timestamptz + interval 'LENGTH'
                   group by 1) b on b.ts = c.ts
        where coalesce(c.ts, b.ts) >= coalesce((select max(d.before) from ingest.dropped d
                where d.relation in ('market.candles_BELOW', 'candles_BELOW', 'market.candles_LEVEL', 'candles_LEVEL')),
              '-infinity')
          and coalesce(c.ts, b.ts) + interval 'LENGTH' < now() - interval '10 seconds'
          and not exists (select from ingest.dirty d where d.bucket >= date_trunc('day', coalesce(c.ts, b.ts))
                            and d.bucket < coalesce(c.ts, b.ts) + interval 'LENGTH' and $1 = any (d.ids))
        """
            .replace("DIFFERS", DIFFERS.replace("r.", "c."))
            .replace("LEVEL", level)
            .replace("LENGTH", length)
            .replace("BELOW", below),
        "case when missing then 'no candle' else " + SHOWN + " end",
        List.of(
            new Check(
                "candles_" + level + "_against_" + below,
                "a " + level + " candle is not what the " + below + " candles say",
                "missing or differs")));
  }
}
