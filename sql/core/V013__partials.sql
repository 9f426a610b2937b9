-- What the trades of a mark are of their minute, packed, one of each instrument of ids: the roll-up need not read them
-- again. Null where it must: few trades, or a mark for another reason.
alter table ingest.dirty add column partials bytea[];
alter table ingest.dirty alter column partials set storage external;
