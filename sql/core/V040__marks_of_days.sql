-- What is loaded long after its time is marked by day: one row for an instrument's UTC day, `bucket` its midnight, `ids`
-- that one instrument, `minutes` which of its 1440 minutes: a bitmap, the first minute the lowest bit of the first byte.
-- Null for the other marks, of one bucket and any number of instruments.
alter table ingest.dirty add column minutes bytea;
alter table ingest.dirty alter column minutes set storage main;

drop index ingest.dirty_bucket;
create index dirty_bucket on ingest.dirty (bucket) where minutes is null;
create index dirty_day on ingest.dirty (bucket, (ids[1])) where minutes is not null;
create index dirty_instrument on ingest.dirty ((ids[1]), bucket) where minutes is not null;
create index dirty_waiting on ingest.dirty (bucket) where level = 300;
