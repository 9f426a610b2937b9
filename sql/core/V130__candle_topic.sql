-- Candles on their way to a topic of Kafka. due: a commit touched it since it was told last; a candle that is still forming stays
-- due until it closes. batch: the transaction of Kafka that it was told with, digest: what it was then; both null until then.
create table ingest.candles_out (
  instrument_id integer not null,
  timeframe     integer not null,  -- seconds
  ts            bigint not null,   -- when it begins, seconds since the epoch
  due           boolean not null default true,
  batch         bigint,
  digest        bigint,
  at            timestamptz not null default now(),
  primary key (instrument_id, timeframe, ts)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
create index candles_out_due on ingest.candles_out (ts) where due;

-- Up to which moment the journal of commits was worked off for that topic, and when; the last
-- transaction that was begun for it, and the last that is known to be told.
create table ingest.candle_topic (
  one    boolean primary key default true check (one),
  topic  text not null,
  moment text not null,
  batch  bigint not null default 0,
  told   bigint not null default 0,
  at     timestamptz not null default now()
);
