-- Minutes in which a trade was corrected or cancelled: their built candle is no more, however many trades it was made of.
-- Written in the transaction of the trades, beside the mark in ingest.dirty; taken by the roll-up after that mark.
-- Append-only and without a unique key, as the marks.
create table ingest.amended (
  instrument_id integer not null,
  minute        timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index amended_minute on ingest.amended (instrument_id, minute);
