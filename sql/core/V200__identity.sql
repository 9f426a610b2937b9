-- Who this database is, through backups and restores. An archive's folder holds the same, so that two databases never share one.
create table ingest.identity (
  only_one boolean primary key default true check (only_one),
  id       uuid not null default gen_random_uuid()
);
