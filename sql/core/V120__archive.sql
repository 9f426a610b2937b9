-- While this has a row nothing past its retention is dropped but by the archive, once it is in verified files. A server with
-- CANDLEWICK_ARCHIVE_DIR writes it, one with CANDLEWICK_ARCHIVE_DIR=none takes it away.
create table ingest.archiving (
  only_one boolean primary key default true check (only_one),
  since    timestamptz not null default now()
);

-- How far the archive is. level: of candles_native the timeframe's, in seconds, else 0.
-- due: everything before is past its retention and rolled up; null while nothing may go. done: everything before is gone.
-- rows, files, bytes: written so far. failed_since and failure: why it is held.
create table ingest.archive (
  relation     text not null,
  level        integer not null default 0,
  due          timestamptz,
  done         timestamptz,
  rows         bigint not null default 0,
  files        bigint not null default 0,
  bytes        bigint not null default 0,
  tried_at     timestamptz,
  failed_since timestamptz,
  failure      text,
  primary key (relation, level)
);
