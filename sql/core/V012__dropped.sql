-- What retention has dropped: of this relation everything before that time may be gone. A continuous aggregate must not be
-- refreshed over what its source has lost; that would delete its rows.
create table ingest.dropped (
  relation text primary key,
  before   timestamptz not null
);
