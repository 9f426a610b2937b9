-- Rows of very many days that have no chunk yet, as a backfill may bring them in one message: at a chunk a day a transaction would make
-- chunks for longer than it may take, and lock them all. What is spread so thin gets chunks thirty times as long, where those end well
-- before now. Returns how many. TimescaleDB makes a chunk with its first row: that one is taken away again.
create or replace function ingest.make_long_chunks(relation regclass, times timestamptz[]) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  usual interval;
  held tstzmultirange;
  firsts timestamptz[];
  made text;
begin
  -- One at a time: the length is the relation's own for a moment, which nobody else sees.
  perform pg_advisory_xact_lock(740103);
  select time_interval into usual from timescaledb_information.dimensions
    where format('%I.%I', hypertable_schema, hypertable_name) = relation::text;
  select coalesce(range_agg(tstzrange(range_start, range_end)), '{}') into held from timescaledb_information.chunks
    where format('%I.%I', hypertable_schema, hypertable_name) = relation::text;
  firsts := array(
    select min(t) from unnest(times) t
    where t < now() - 60 * usual and not t <@ held
    group by floor(extract(epoch from t) / extract(epoch from 30 * usual)));
  if cardinality(firsts) > 0 then
    perform public.set_chunk_time_interval(relation, 30 * usual);
    case relation::text
      when 'market.trades' then
        insert into market.trades (instrument_id, ts, trade_id, price, size, side, flags)
          select 0, t, 0, 0, 0, 0, 0 from unnest(firsts) t;
      when 'market.quotes' then
        insert into market.quotes (instrument_id, ts, seq) select 0, t, 0 from unnest(firsts) t;
      when 'market.candles_1m' then
        insert into market.candles_1m (instrument_id, ts, open, high, low, close, volume, source)
          select 0, t, 0, 0, 0, 0, 0, 0 from unnest(firsts) t;
    end case;
    -- From the new chunks themselves: a delete from the relation locks all the chunks it has, whatever its condition.
    for made in
      select format('%I.%I', chunk_schema, chunk_name) from timescaledb_information.chunks
      where format('%I.%I', hypertable_schema, hypertable_name) = relation::text
        and exists (select from unnest(firsts) t where t >= range_start and t < range_end)
    loop
      execute format('delete from %s where instrument_id = 0 and ts = any ($1)', made) using firsts;
    end loop;
    perform public.set_chunk_time_interval(relation, usual);
  end if;
  return cardinality(firsts);
end
$$;
revoke execute on function ingest.make_long_chunks(regclass, timestamptz[]) from public;
