-- How a minute is built, in one place: the roll-up and the read of minutes not yet rolled up both call these.
-- Sums are made in numeric, which takes a double at its 15 significant digits: 0.1 + 0.2 is 0.3.
-- Earlier forms of what follows:
drop function if exists market.built_buckets(integer, timestamptz, timestamptz, interval);
drop function if exists market.native_buckets(integer, timestamptz, timestamptz, interval, text[]);

create or replace function market.built_minute(of_instrument integer, minute timestamptz)
returns table (
  open double precision, high double precision, low double precision, close double precision,
  volume double precision, quote_volume double precision, trades bigint, taker_buy_volume double precision)
language sql stable parallel safe
as $$
  select (array_agg(t.price order by t.ts, t.taken nulls first, t.trade_id) filter (where t.flags & 1 = 0))[1],
         max(t.price) filter (where t.flags & 1 = 0),
         min(t.price) filter (where t.flags & 1 = 0),
         (array_agg(t.price order by t.ts desc, t.taken desc nulls last, t.trade_id desc) filter (where t.flags & 1 = 0))[1],
         coalesce(sum(t.size::numeric) filter (where t.flags & 2 = 0), 0)::double precision,
         coalesce(sum(t.price::numeric * t.size::numeric) filter (where t.flags & 2 = 0), 0)::double precision,
         count(*),
         -- unknown, not zero, where the feed does not tell the taker's side
         case when bool_and(t.side <> 0 or t.flags & 2 <> 0)
              then coalesce(sum(t.size::numeric) filter (where t.side = 1 and t.flags & 2 = 0), 0)::double precision end
  from market.trades t
  where t.instrument_id = of_instrument and t.ts >= minute and t.ts < minute + interval '1 minute'
    and t.flags & 32 <> 32 -- not cancelled; of = 0 the planner would expect but a few rows
  having bool_or(t.flags & 1 = 0)
$$;

-- A minute from the venue's own closed candles of less than a minute, the finest timeframe that the minute has.
create or replace function market.native_minute(of_instrument integer, minute timestamptz)
returns table (
  open double precision, high double precision, low double precision, close double precision,
  volume double precision, quote_volume double precision, trades bigint, taker_buy_volume double precision)
language sql stable parallel safe
as $$
  select public.first(n.open, n.ts), max(n.high), min(n.low), public.last(n.close, n.ts),
         sum(n.volume::numeric)::double precision,
         case when count(n.quote_volume) = count(*) then sum(n.quote_volume::numeric)::double precision end,
         case when count(n.trades) = count(*) then sum(n.trades)::bigint end,
         case when count(n.taker_buy_volume) = count(*) then sum(n.taker_buy_volume::numeric)::double precision end
  from market.candles_native n
  where n.instrument_id = of_instrument and n.ts >= minute and n.ts < minute + interval '1 minute' and n.closed
    and n.timeframe = any (array['1s', '2s', '3s', '4s', '5s', '6s', '10s', '12s', '15s', '20s', '30s'])
  group by n.timeframe
  order by rtrim(n.timeframe, 's')::integer
  limit 1
$$;

-- The same for every bucket of a range that has trades. Where the range is not known when a statement is planned, as that
-- of one of many, the bounds around all of them are: they are what excludes chunks. Without them each range looks at every
-- chunk that there is.
create or replace function market.built_buckets(
  of_instrument integer, range_start timestamptz, range_end timestamptz, step interval,
  within_start timestamptz, within_end timestamptz)
returns table (
  ts timestamptz, open double precision, high double precision, low double precision, close double precision,
  volume double precision, quote_volume double precision, trades bigint, taker_buy_volume double precision)
language sql stable parallel safe
as $$
  select public.time_bucket(step, t.ts),
         (array_agg(t.price order by t.ts, t.taken nulls first, t.trade_id) filter (where t.flags & 1 = 0))[1],
         max(t.price) filter (where t.flags & 1 = 0),
         min(t.price) filter (where t.flags & 1 = 0),
         (array_agg(t.price order by t.ts desc, t.taken desc nulls last, t.trade_id desc) filter (where t.flags & 1 = 0))[1],
         coalesce(sum(t.size::numeric) filter (where t.flags & 2 = 0), 0)::double precision,
         coalesce(sum(t.price::numeric * t.size::numeric) filter (where t.flags & 2 = 0), 0)::double precision,
         count(*),
         case when bool_and(t.side <> 0 or t.flags & 2 <> 0)
              then coalesce(sum(t.size::numeric) filter (where t.side = 1 and t.flags & 2 = 0), 0)::double precision end
  from market.trades t
  where t.instrument_id = of_instrument and t.ts >= range_start and t.ts < range_end
    and t.ts >= within_start and t.ts < within_end and t.flags & 32 <> 32
  group by 1
  having bool_or(t.flags & 1 = 0)
$$;

-- Buckets of a range from the venue's own closed candles: timeframes that divide the step, the finest first; each
-- bucket takes the first that it has.
create or replace function market.native_buckets(
  of_instrument integer, range_start timestamptz, range_end timestamptz, step interval, timeframes text[],
  within_start timestamptz, within_end timestamptz)
returns table (
  ts timestamptz, open double precision, high double precision, low double precision, close double precision,
  volume double precision, quote_volume double precision, trades bigint, taker_buy_volume double precision)
language sql stable parallel safe
as $$
  select distinct on (1)
         public.time_bucket(step, n.ts), public.first(n.open, n.ts), max(n.high), min(n.low), public.last(n.close, n.ts),
         sum(n.volume::numeric)::double precision,
         case when count(n.quote_volume) = count(*) then sum(n.quote_volume::numeric)::double precision end,
         case when count(n.trades) = count(*) then sum(n.trades)::bigint end,
         case when count(n.taker_buy_volume) = count(*) then sum(n.taker_buy_volume::numeric)::double precision end
  from market.candles_native n
  where n.instrument_id = of_instrument and n.ts >= range_start and n.ts < range_end
    and n.ts >= within_start and n.ts < within_end and n.closed and n.timeframe = any (timeframes)
  group by 1, n.timeframe
  order by 1, array_position(timeframes, n.timeframe)
$$;

-- The stored timeframe, in seconds, whose retention a venue's candle shares: the longest that is not longer.
create or replace function market.timeframe_level(timeframe text)
returns integer
language sql immutable parallel safe
as $$
  select case when seconds >= 86400 then 86400 when seconds >= 14400 then 14400 when seconds >= 3600 then 3600
              when seconds >= 900 then 900 when seconds >= 300 then 300 else 60 end
  from (select left(timeframe, -1)::bigint
             * case right(timeframe, 1) when 's' then 1 when 'm' then 60 when 'h' then 3600 else 86400 end) as t (seconds)
$$;
