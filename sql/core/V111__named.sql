-- For people and dashboards: of each kind of record the same rows as in record and record_latest, by the columns that the kind
-- declares, an instrument by its venue and symbol.
create schema named;
comment on schema named is 'For people: a view for each kind of record, of all its rows.';
create schema named_latest;
comment on schema named_latest is 'For people: a view for each kind of record, of each key the row of the largest ts.';
