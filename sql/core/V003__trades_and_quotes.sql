-- side: 0 not told, 1 buy, 2 sell (the taker's).
-- flags: 1 no_price, 2 no_volume, 4 trade_id is a hash of the venue's text id, 8 trade_id was made here.
-- The primary key is the only index: a second one costs a third of COPY.
create table market.trades (
  instrument_id integer not null,
  ts            timestamptz not null,
  trade_id      bigint not null,
  price         double precision not null,
  size          double precision not null,
  side          smallint not null,
  flags         smallint not null,
  primary key (instrument_id, ts, trade_id)
);
select public.create_hypertable('market.trades', 'ts',
  chunk_time_interval => interval '1 day', create_default_indexes => false);

create table market.quotes (
  instrument_id integer not null,
  ts            timestamptz not null,
  seq           bigint not null,
  bid           double precision,
  bid_size      double precision,
  ask           double precision,
  ask_size      double precision,
  last          double precision,
  volume_24h    double precision,
  primary key (instrument_id, ts, seq)
);
select public.create_hypertable('market.quotes', 'ts',
  chunk_time_interval => interval '1 day', create_default_indexes => false);
