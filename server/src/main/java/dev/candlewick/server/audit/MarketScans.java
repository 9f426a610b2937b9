package dev.candlewick.server.audit;

import dev.candlewick.server.audit.Scan.Scope;
import java.time.Duration;
import java.util.List;

/** Checks of trades, quotes, instruments and streams. For the bits in flags see market.trades. */
final class MarketScans {
  private static final String NOT_FINITE = "in ('NaN', 'Infinity', '-Infinity')";

  private static final Scan TRADES =
      new Scan(
          List.of("market.trades"),
          Scope.INSTRUMENT,
          Duration.ofDays(1),
          """
          select instrument_id, ts, trade_id, price, size, side, flags,
                 flags & 60 = 0 and lag(flags) over w & 60 = 0 as venue_ids,
                 lag(trade_id) over w as before_id, lag(ts) over w as before_ts,
                 count(*) over (partition by trade_id) as same_ids,
                 lag(price) over w as before_price, lead(price) over w as next_price
          from market.trades
          where instrument_id = $1 and ts >= $2::timestamptz - interval '10 minutes' and ts < $3::timestamptz
            and flags & 32 <> 32
          window w as (order by ts, taken nulls first, trade_id)
          """,
          "'trade ' || trade_id || ': price ' || price || ', size ' || size",
          List.of(
              new Check(
                  "trades_not_finite",
                  "a price or size is NaN or infinite",
                  "price " + NOT_FINITE + " or size " + NOT_FINITE),
              new Check("trades_negative_size", "a size is below zero", "size < 0"),
              new Check(
                  "trades_price_sign",
                  "one price is zero or negative between positive ones",
                  "price <= 0 and before_price > 0 and coalesce(next_price, 1) > 0"),
              new Check("trades_unknown_side", "a side is not known", "side not in (0, 1, 2)"),
              new Check(
                  "trades_unknown_flags", "a flag is not known", "flags < 0 or flags & ~127 <> 0"),
              new Check(
                  "trades_duplicate_ids",
                  "one integer id of the venue at two times of a day",
                  "venue_ids and same_ids > 1"),
              new Check(
                  "trades_clock_skew",
                  "ids of the venue run backwards by more than a second: a feed's clock is off",
                  "venue_ids and trade_id < before_id and ts - before_ts > interval '1 second'"),
              new Check(
                  "trades_outliers",
                  "a price is more than 20 % away from both neighbours, which agree within 1 %",
                  outlier("price")),
              new Check(
                  "trades_in_the_future",
                  "a time is more than a day ahead of the clock",
                  "ts > now() + interval '1 day'")));

  private static final Scan QUOTES =
      new Scan(
          List.of("market.quotes"),
          Scope.INSTRUMENT,
          Duration.ofDays(1),
          """
          select instrument_id, ts, bid, bid_size, ask, ask_size, last, volume_24h,
                 lag(bid) over w as before_bid, lead(bid) over w as next_bid,
                 lag(ask) over w as before_ask, lead(ask) over w as next_ask
          from market.quotes
          where instrument_id = $1 and ts >= $2::timestamptz - interval '10 minutes' and ts < $3::timestamptz
          window w as (order by ts, seq)
          """,
          "concat('bid ', bid, ', ask ', ask)",
          List.of(
              new Check(
                  "quotes_not_finite",
                  "a price or size is NaN or infinite",
                  "array[bid, bid_size, ask, ask_size, last, volume_24h]"
                      + " && array['NaN', 'Infinity', '-Infinity']::float8[]"),
              new Check("quotes_crossed", "the bid is above the ask", "bid > ask"),
              new Check(
                  "quotes_empty", "neither bid nor ask is there", "bid is null and ask is null"),
              new Check(
                  "quotes_negative_size",
                  "a size or volume is below zero",
                  "bid_size < 0 or ask_size < 0 or volume_24h < 0"),
              new Check(
                  "quotes_price_sign",
                  "one price is zero or negative between positive ones",
                  "(bid <= 0 and before_bid > 0 and coalesce(next_bid, 1) > 0)"
                      + " or (ask <= 0 and before_ask > 0 and coalesce(next_ask, 1) > 0)"),
              new Check(
                  "quotes_outliers",
                  "a price is more than 20 % away from both neighbours, which agree within 1 %",
                  outlier("bid") + " or " + outlier("ask")),
              new Check(
                  "quotes_in_the_future",
                  "a time is more than a day ahead of the clock",
                  "ts > now() + interval '1 day'")));

  private static final Scan INSTRUMENTS =
      new Scan(
          List.of("market.instruments"),
          Scope.ALL,
          Duration.ofDays(36_500),
          """
          select id as instrument_id, $2::timestamptz as ts, venue, symbol, timezone, tick_size, lot_size,
                 count(*) over (partition by lower(venue), lower(symbol)) as alike
          from market.instruments where listed
          """,
          "r.venue || ':' || r.symbol || coalesce(' in ' || r.timezone, '')",
          List.of(
              new Check(
                  "instruments_differ_by_case",
                  "two instruments differ by upper and lower case alone",
                  "alike > 1"),
              new Check(
                  "instruments_unknown_timezone",
                  "a time zone is not known",
                  "r.timezone is not null and not exists (select from pg_timezone_names z where"
                      + " z.name = r.timezone)"),
              new Check(
                  "instruments_bad_steps",
                  "a tick or lot size is not above zero",
                  "tick_size <= 0 or lot_size <= 0")));

  private static final Scan STREAMS =
      new Scan(
          List.of("ingest.streams"),
          Scope.ALL,
          Duration.ofDays(36_500),
          """
          select null::int as instrument_id, $2::timestamptz as ts, s.stream, s.committed_seq, s.epoch,
                 count(r.id) filter (where r.code in ('ts_out_of_range', 'ts_too_old')) as clock_rejects,
                 count(r.id) as rejects
          from ingest.streams s
          left join ingest.rejects r on r.api_key_id = s.api_key_id and r.stream = s.stream
            and r.at >= now() - interval '1 day'
          where s.api_key_id >= 0
          group by s.api_key_id, s.stream
          """,
          "'stream ' || stream || ': ' || clock_rejects || ' of ' || rejects || ' rejects'",
          List.of(
              new Check(
                  "streams_clock_skew",
                  "a feed's times were refused in the last day: too far ahead, or before what is"
                      + " kept",
                  "clock_rejects > 0"),
              new Check(
                  "streams_bad_state",
                  "a stream's position or epoch is below what a new one has",
                  "committed_seq < -1 or epoch < 1")));

  private static final Scan MARKS =
      new Scan(
          List.of("ingest.dirty"),
          Scope.ALL,
          Duration.ofDays(36_500),
          """
          select null::int as instrument_id, $2::timestamptz as ts, d.bucket, d.level
          from ingest.dirty d
          """,
          "'level ' || level || ' at ' || bucket",
          List.of(
              new Check(
                  "marks_of_the_future",
                  "a candle further than a day ahead waits to be made",
                  "bucket > now() + interval '2 days'")));

  private MarketScans() {}

  static List<Scan> all() {
    return List.of(
        TRADES,
        QUOTES,
        INSTRUMENTS,
        orphans("market.trades"),
        orphans("market.quotes"),
        orphans("market.candles_1m"),
        orphans("market.candles_native"),
        STREAMS,
        MARKS);
  }

  /** A price that leaps and comes back. */
  private static String outlier(String price) {
    return """
    (abs(PRICE - before_PRICE) > 0.2 * abs(before_PRICE)
      and abs(PRICE - next_PRICE) > 0.2 * abs(next_PRICE)
      and abs(next_PRICE - before_PRICE) <= 0.01 * abs(before_PRICE))\
    """
        .replace("PRICE", price);
  }

  /** Rows of an instrument that does not exist: ids are found by skipping from one to the next. */
  private static Scan orphans(String relation) {
    String table = relation.substring(relation.indexOf('.') + 1);
    return new Scan(
        List.of(relation),
        Scope.ALL,
        Duration.ofDays(36_500),
        """
        with recursive ids (id) as (
          select min(instrument_id) from RELATION
          union all
          select (select min(t.instrument_id) from RELATION t where t.instrument_id > ids.id)
          from ids where ids.id is not null)
        select null::int as instrument_id, $2::timestamptz as ts, ids.id,
               exists (select from market.instruments i where i.id = ids.id) as known
        from ids where ids.id is not null
        """
            .replace("RELATION", relation),
        "'instrument ' || r.id",
        List.of(
            new Check(
                table + "_orphans", "rows of an instrument that does not exist", "not known")));
  }
}
