-- The venue's id of a trade, as it was sent; null where it gave none.
create or replace function market.trade_id_text(trade_id bigint, taken bytea, flags smallint) returns text
language sql stable parallel safe as $$
  select case when octet_length(taken) > 8 and flags & 16 <> 0 then ltrim(convert_from(substr(taken, 9), 'UTF8'), '0')
              when octet_length(taken) > 8 then convert_from(substr(taken, 9), 'UTF8')
              when flags & 4 <> 0 then 'h:' || lpad(to_hex(trade_id), 16, '0')
              when flags & 16 <> 0 then (trade_id::numeric + 18446744073709551616)::text
              when flags & 8 = 0 then trade_id::text end
$$;

-- For people and dashboards: the same rows with the instrument's name. Needs candles_5m .. candles_1d, so it runs last.
create or replace view market.symbol_trades as
  select i.venue, i.symbol, t.ts, t.trade_id, t.price, t.size,
         case t.side when 1 then 'buy' when 2 then 'sell' end as side, t.flags,
         market.trade_id_text(t.trade_id, t.taken, t.flags) as id
  from market.trades t join market.instruments i on i.id = t.instrument_id
  where t.flags & 32 <> 32;

create or replace view market.symbol_quotes as
  select i.venue, i.symbol, q.ts, q.bid, q.bid_size, q.ask, q.ask_size, q.last, q.volume_24h
  from market.quotes q join market.instruments i on i.id = q.instrument_id;

create or replace view market.symbol_candles_1m as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_1m c join market.instruments i on i.id = c.instrument_id;

create or replace view market.symbol_candles_5m as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_5m c join market.instruments i on i.id = c.instrument_id;

create or replace view market.symbol_candles_15m as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_15m c join market.instruments i on i.id = c.instrument_id;

create or replace view market.symbol_candles_1h as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_1h c join market.instruments i on i.id = c.instrument_id;

create or replace view market.symbol_candles_4h as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_4h c join market.instruments i on i.id = c.instrument_id;

create or replace view market.symbol_candles_1d as
  select i.venue, i.symbol, c.ts, c.open, c.high, c.low, c.close, c.volume, c.quote_volume, c.trades, c.taker_buy_volume, c.source
  from market.candles_1d c join market.instruments i on i.id = c.instrument_id;
