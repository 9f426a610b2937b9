-- The earliest ts of each element, in microseconds: who keeps in memory what he has read drops what begins there or later.
-- Null where it is not known.
alter table ingest.changes add column oldest bigint[];

-- What retention drops is a change too, of kind 5 and of no certain instrument: id 0, no keys. Told in the transaction that drops.
create function ingest.tell_dropped() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into ingest.changes (ids, kinds, keys) values (array[0], array[5::smallint], array[''::bytea]);
  return null;
end
$$;
create trigger dropped_told after insert or update or delete or truncate on ingest.dropped
  for each statement execute function ingest.tell_dropped();
