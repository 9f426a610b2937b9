-- The same relations as the Community edition's continuous aggregates; the server rolls them up from the level below.

create table market.candles_5m (like market.candles_1m including all);
select public.create_hypertable('market.candles_5m', 'ts',
  chunk_time_interval => interval '30 days', create_default_indexes => false);

create table market.candles_15m (like market.candles_1m including all);
select public.create_hypertable('market.candles_15m', 'ts',
  chunk_time_interval => interval '30 days', create_default_indexes => false);

create table market.candles_1h (like market.candles_1m including all);
select public.create_hypertable('market.candles_1h', 'ts',
  chunk_time_interval => interval '180 days', create_default_indexes => false);

create table market.candles_4h (like market.candles_1m including all);
select public.create_hypertable('market.candles_4h', 'ts',
  chunk_time_interval => interval '180 days', create_default_indexes => false);

create table market.candles_1d (like market.candles_1m including all);
select public.create_hypertable('market.candles_1d', 'ts',
  chunk_time_interval => interval '1825 days', create_default_indexes => false);
