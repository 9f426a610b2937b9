alter table market.trades set (timescaledb.enable_columnstore,
  timescaledb.segmentby = 'instrument_id', timescaledb.orderby = 'ts, trade_id');
alter table market.quotes set (timescaledb.enable_columnstore,
  timescaledb.segmentby = 'instrument_id', timescaledb.orderby = 'ts, seq');
alter table market.candles_1m set (timescaledb.enable_columnstore,
  timescaledb.segmentby = 'instrument_id', timescaledb.orderby = 'ts');

-- Later than nearly all late data: an upsert into the columnstore has to unpack a batch.
call public.add_columnstore_policy('market.trades', after => interval '2 days');
call public.add_columnstore_policy('market.quotes', after => interval '2 days');
call public.add_columnstore_policy('market.candles_1m', after => interval '14 days');
