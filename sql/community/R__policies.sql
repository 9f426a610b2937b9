-- Runs again whenever a retention setting changes.
do $$
declare
  r record;
  keep_source interval;
  from_offset interval;
begin
  for r in select * from (values
      ('market.trades', '${retention_trades}'), ('market.quotes', '${retention_quotes}'),
      ('market.candles_1m', '${retention_candles_1m}'), ('market.candles_5m', '${retention_candles_5m}'),
      ('market.candles_15m', '${retention_candles_15m}'), ('market.candles_1h', '${retention_candles_1h}'),
      ('market.candles_4h', '${retention_candles_4h}'), ('market.candles_1d', '${retention_candles_1d}')) v(relation, keep)
  loop
    perform public.remove_retention_policy(r.relation::regclass, if_exists => true);
    if r.keep <> 'none' then
      perform public.add_retention_policy(r.relation::regclass, drop_after => r.keep::interval);
    end if;
  end loop;

  -- A refresh over a dropped range of its source deletes candles, so every window starts later than its source's
  -- retention. Newer than to_offset is read in real time.
  for r in select * from (values
      ('market.candles_5m',  '${retention_candles_1m}',  interval '1 day',   interval '1 hour',   interval '10 minutes'),
      ('market.candles_15m', '${retention_candles_5m}',  interval '2 days',  interval '2 hours',  interval '30 minutes'),
      ('market.candles_1h',  '${retention_candles_15m}', interval '4 days',  interval '6 hours',  interval '1 hour'),
      ('market.candles_4h',  '${retention_candles_1h}',  interval '10 days', interval '1 day',    interval '4 hours'),
      ('market.candles_1d',  '${retention_candles_4h}',  interval '30 days', interval '3 days',   interval '12 hours'))
      v(relation, keep, from_offset, to_offset, every)
  loop
    keep_source := nullif(r.keep, 'none')::interval;
    from_offset := least(r.from_offset, keep_source - interval '1 day' - r.every);
    perform public.remove_continuous_aggregate_policy(r.relation::regclass, if_exists => true);
    perform public.add_continuous_aggregate_policy(r.relation::regclass,
      start_offset => from_offset, end_offset => r.to_offset, schedule_interval => r.every);
  end loop;
end
$$;
