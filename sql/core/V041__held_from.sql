-- From where on a relation has all its rows: the beginning of the first chunk that is left. Null where that was not noted yet:
-- then `before` is. `level` is a candle's length in seconds, null for what is none.
alter table ingest.dropped add column held_from timestamptz, add column level integer;
update ingest.dropped set level = case substr(relation, 16) when '1m' then 60 when '5m' then 300 when '15m' then 900
    when '1h' then 3600 when '4h' then 14400 when '1d' then 86400 end
  where relation like 'market.candles_%';
