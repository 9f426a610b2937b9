-- Who holds a stream: new with each hello. Number and epoch alone may be given out twice once an older copy of the database was
-- restored, and then a connection that knows nothing of it would write where it is not.
alter table ingest.streams add column holder uuid not null default gen_random_uuid();
