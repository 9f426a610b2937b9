-- api_key_id: 0 while no keys are configured. -1: the server's own streams, on which REST requests ride.
create table ingest.streams (
  number        integer generated always as identity unique,
  api_key_id    integer not null,
  stream        text not null,
  epoch         bigint not null,
  committed_seq bigint not null default 0,
  rows          bigint not null default 0,
  created_at    timestamptz not null default now(),
  last_activity timestamptz not null default now(),
  primary key (api_key_id, stream)
);

-- What to roll up again: level in seconds, bucket, the instruments touched. Append-only and without a unique key, so that
-- the write way never waits for the roll-up; doing a bucket twice is harmless.
create table ingest.dirty (
  level  integer not null,
  bucket timestamptz not null,
  ids    integer[] not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index dirty_bucket on ingest.dirty (bucket);

create table ingest.rejects (
  id         bigint generated always as identity primary key,
  api_key_id integer not null,
  stream     text not null,
  seq        bigint not null,
  index      integer not null,
  field      text,
  code       text not null,
  detail     text,
  at         timestamptz not null default now()
);
create index rejects_stream on ingest.rejects (api_key_id, stream, id);

create table ingest.idempotency (
  api_key_id  integer not null,
  key         text not null,
  body_sha256 bytea not null,
  status      integer not null,
  response    text not null,
  created_at  timestamptz not null default now(),
  primary key (api_key_id, key)
);
create index idempotency_created_at on ingest.idempotency (created_at);
