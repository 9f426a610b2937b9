-- What is older than two chunks, and than a week, is seldom corrected any more.
create or replace function ingest.record_columnstore(relation regclass, chunk interval, segment text, rest text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table %s set (timescaledb.enable_columnstore%s, timescaledb.orderby = %L)', relation,
    case when segment is null then '' else format(', timescaledb.segmentby = %L', segment) end,
    concat_ws(', ', rest, 'ts'));
  call public.add_columnstore_policy(relation, after => greatest(2 * chunk, interval '7 days'));
end
$$;
revoke execute on function ingest.record_columnstore(regclass, interval, text, text) from public;
