-- Which rows each commit brought, for whoever serves them live. A reader remembers the pg_snapshot of its last look and
-- asks for the commits that one did not see: exactly those since, in whatever order transactions began and ended.
-- Three arrays of equal length, an element for each instrument and kind: 1 trades, 2 quotes, 3 candles. An element of
-- keys holds the rows' (ts in microseconds, id; 0 for a candle), each number as the zigzag varint of its difference to the one before.
-- Written in the rows' transaction, dropped after ten minutes.
create table ingest.changes (
  xid   xid8 not null default pg_current_xact_id(),
  at    timestamptz not null default now(),
  ids   integer[] not null,
  kinds smallint[] not null,
  keys  bytea[] not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Compressing what is packed already costs more than it saves.
alter table ingest.changes alter column keys set storage external;
create index changes_xid on ingest.changes (xid);
