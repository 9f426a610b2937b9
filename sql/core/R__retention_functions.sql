-- Dropping chunks takes the owner of the relation. The server's role need not be that: it may do this, and only this.
create or replace function ingest.drop_old_chunks(relation regclass, keep interval) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if keep < interval '1 day' or relation::oid not in (
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'market') then
    raise exception 'chunks of % younger than % are not dropped', relation, keep;
  end if;
  insert into ingest.dropped as d values (relation::text, now() - keep)
    on conflict on constraint dropped_pkey do update set before = greatest(d.before, excluded.before);
  perform public.drop_chunks(relation, older_than => now() - keep);
end
$$;
revoke execute on function ingest.drop_old_chunks(regclass, interval) from public;
