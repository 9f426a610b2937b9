-- The server refreshes and drops, in this order. TimescaleDB's policies would do both once more and in none: those that
-- earlier versions made go.
do $$
declare
  relation regclass;
begin
  foreach relation in array array['market.trades', 'market.quotes', 'market.candles_1m', 'market.candles_5m',
    'market.candles_15m', 'market.candles_1h', 'market.candles_4h', 'market.candles_1d']::regclass[]
  loop
    perform public.remove_retention_policy(relation, if_exists => true);
  end loop;
  foreach relation in array array['market.candles_5m', 'market.candles_15m', 'market.candles_1h', 'market.candles_4h',
    'market.candles_1d']::regclass[]
  loop
    perform public.remove_continuous_aggregate_policy(relation, if_exists => true);
  end loop;
end
$$;
