-- Dropping chunks takes the owner of the relation. The server's role need not be that: it may do this, and only this.
create or replace function ingest.drop_old_chunks(relation regclass, keep interval) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if keep < interval '1 day' or relation::oid not in (
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('market', 'record')) then
    raise exception 'chunks of % younger than % are not dropped', relation, keep;
  end if;
  insert into ingest.dropped as d (relation, before, level)
    values (relation::text, now() - keep,
      case when relation::text like 'market.candles_%' then market.timeframe_level(substr(relation::text, 16)) end)
    on conflict on constraint dropped_pkey do update set before = greatest(d.before, excluded.before);
  perform public.drop_chunks(relation, older_than => now() - keep);
  update ingest.dropped d set held_from = greatest(d.held_from, coalesce(
    (select min(c.range_start) from timescaledb_information.chunks c
     left join timescaledb_information.continuous_aggregates a
       on a.materialization_hypertable_schema = c.hypertable_schema
       and a.materialization_hypertable_name = c.hypertable_name
     where coalesce(a.view_schema, c.hypertable_schema) || '.' || coalesce(a.view_name, c.hypertable_name) = d.relation
       and c.range_end > d.before),
    d.before))
  where d.relation = drop_old_chunks.relation::text;
end
$$;
revoke execute on function ingest.drop_old_chunks(regclass, interval) from public;
