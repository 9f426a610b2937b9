-- Where a trade stands among those of its ts: null for an integer id, which counts by its number; else 8 bytes, big-endian,
-- that grow in the order in which trades are taken, and behind them the venue's text id in UTF-8. An integer id from 2^63 on
-- (flag 16) has 8 bytes of zero: behind all smaller ones, before every other trade.
-- The order is (ts, taken nulls first, trade_id). Not a column each for order and text: a ninth column would make every
-- row with a null 8 bytes longer.
alter table market.trades add column taken bytea;

-- A number for each batch that has trades without an integer id.
create sequence ingest.taken;

comment on column market.trades.flags is
  '1 no_price, 2 no_volume, 4 trade_id is a hash of the text id, 8 trade_id was made here, 16 trade_id is an unsigned '
  'integer, 32 cancelled, 64 corrected';

-- Marks told so far order trades another way: their minutes are read from the trades.
update ingest.dirty set partials = null where partials is not null;
