-- source: 1 built from trades, 2 the venue's closed candle, 4 the venue's forming candle,
-- 8 rolled up from the venue's own candles of less than a minute. Longer timeframes hold the bits of all their minutes.
create table market.candles_1m (
  instrument_id    integer not null,
  ts               timestamptz not null,
  open             double precision not null,
  high             double precision not null,
  low              double precision not null,
  close            double precision not null,
  volume           double precision not null,
  quote_volume     double precision,
  trades           bigint,
  taker_buy_volume double precision,
  source           smallint not null,
  primary key (instrument_id, ts)
);
select public.create_hypertable('market.candles_1m', 'ts',
  chunk_time_interval => interval '7 days', create_default_indexes => false);

-- Every candle of another timeframe that the venue itself sent.
create table market.candles_native (
  instrument_id    integer not null,
  timeframe        text not null,
  ts               timestamptz not null,
  open             double precision not null,
  high             double precision not null,
  low              double precision not null,
  close            double precision not null,
  volume           double precision not null,
  quote_volume     double precision,
  trades           bigint,
  taker_buy_volume double precision,
  closed           boolean not null,
  primary key (instrument_id, timeframe, ts)
);
select public.create_hypertable('market.candles_native', 'ts',
  chunk_time_interval => interval '30 days', create_default_indexes => false);
