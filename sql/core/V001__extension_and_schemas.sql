create extension if not exists timescaledb with schema public;

create schema if not exists market;
comment on schema market is 'What readers may read: instruments, trades, quotes, candles.';

create schema if not exists ingest;
comment on schema ingest is 'Bookkeeping of the write way.';

-- The edition this database was built for; the two editions differ in what candles_5m .. candles_1d are.
create table ingest.edition (
  edition text not null check (edition in ('apache', 'community'))
);
insert into ingest.edition values ('${edition}');
