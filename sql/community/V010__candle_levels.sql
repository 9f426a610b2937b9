-- Real-time continuous aggregates, each over the level below; refreshed by policy and, for late data, by the server.

create materialized view market.candles_5m
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select instrument_id,
       public.time_bucket(interval '5 minutes', ts) as ts,
       public.first(open, ts) as open,
       max(high) as high,
       min(low) as low,
       public.last(close, ts) as close,
       sum(volume::numeric)::double precision as volume,
       case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::double precision end as quote_volume,
       case when count(trades) = count(*) then sum(trades)::bigint end as trades,
       case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::double precision end as taker_buy_volume,
       bit_or(source) as source
from market.candles_1m
group by 1, 2
with no data;

create materialized view market.candles_15m
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select instrument_id,
       public.time_bucket(interval '15 minutes', ts) as ts,
       public.first(open, ts) as open,
       max(high) as high,
       min(low) as low,
       public.last(close, ts) as close,
       sum(volume::numeric)::double precision as volume,
       case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::double precision end as quote_volume,
       case when count(trades) = count(*) then sum(trades)::bigint end as trades,
       case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::double precision end as taker_buy_volume,
       bit_or(source) as source
from market.candles_5m
group by 1, 2
with no data;

create materialized view market.candles_1h
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select instrument_id,
       public.time_bucket(interval '1 hour', ts) as ts,
       public.first(open, ts) as open,
       max(high) as high,
       min(low) as low,
       public.last(close, ts) as close,
       sum(volume::numeric)::double precision as volume,
       case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::double precision end as quote_volume,
       case when count(trades) = count(*) then sum(trades)::bigint end as trades,
       case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::double precision end as taker_buy_volume,
       bit_or(source) as source
from market.candles_15m
group by 1, 2
with no data;

create materialized view market.candles_4h
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select instrument_id,
       public.time_bucket(interval '4 hours', ts) as ts,
       public.first(open, ts) as open,
       max(high) as high,
       min(low) as low,
       public.last(close, ts) as close,
       sum(volume::numeric)::double precision as volume,
       case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::double precision end as quote_volume,
       case when count(trades) = count(*) then sum(trades)::bigint end as trades,
       case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::double precision end as taker_buy_volume,
       bit_or(source) as source
from market.candles_1h
group by 1, 2
with no data;

create materialized view market.candles_1d
with (timescaledb.continuous, timescaledb.materialized_only = false) as
select instrument_id,
       public.time_bucket(interval '1 day', ts) as ts,
       public.first(open, ts) as open,
       max(high) as high,
       min(low) as low,
       public.last(close, ts) as close,
       sum(volume::numeric)::double precision as volume,
       case when count(quote_volume) = count(*) then sum(quote_volume::numeric)::double precision end as quote_volume,
       case when count(trades) = count(*) then sum(trades)::bigint end as trades,
       case when count(taker_buy_volume) = count(*) then sum(taker_buy_volume::numeric)::double precision end as taker_buy_volume,
       bit_or(source) as source
from market.candles_4h
group by 1, 2
with no data;
