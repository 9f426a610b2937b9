-- Kinds of record: what API.md calls a declaration, and from each one two tables of its name: record has all rows,
-- record_latest the newest row of each key, written in the same transaction.
create schema record;
comment on schema record is 'What readers may read: a table for each kind of record.';
create schema record_latest;
comment on schema record_latest is 'What readers may read: of each key of a kind of record the row of the largest ts.';

-- number: what ingest.changes knows the kind by. version: grows with each change, which only ever widens the kind.
create table ingest.kinds (
  kind        text primary key,
  number      integer generated always as identity unique,
  version     integer not null default 1,
  declaration jsonb not null,
  changed_at  timestamptz not null default now()
);

comment on table ingest.changes is
  'kinds: 1 trades, 2 quotes, 3 candles, 4 records. For records an id is the kind''s number, negative, and keys is JSON in'
  ' UTF-8: a list of [ts in microseconds, key values in the order of the key''s columns in the table], values as text.';
