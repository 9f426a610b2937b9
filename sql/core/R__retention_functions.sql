-- The chunks of a table, or those that a continuous aggregate is kept in.
create or replace function ingest.chunks_of(relation regclass)
returns table (chunk regclass, range_start timestamptz, range_end timestamptz)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('%I.%I', c.chunk_schema, c.chunk_name)::regclass, c.range_start, c.range_end
  from timescaledb_information.chunks c
  left join timescaledb_information.continuous_aggregates a
    on a.materialization_hypertable_schema = c.hypertable_schema
    and a.materialization_hypertable_name = c.hypertable_name
  where format('%I.%I', coalesce(a.view_schema, c.hypertable_schema), coalesce(a.view_name, c.hypertable_name))
    = chunks_of.relation::text
$$;
revoke execute on function ingest.chunks_of(regclass) from public;

-- Dropping chunks takes the owner of the relation. The server's role need not be that: it may do this, and only this.
-- Where an archive is kept nothing is dropped here: it is noted what may go.
create or replace function ingest.drop_old_chunks(relation regclass, keep interval) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if keep < interval '1 day' or relation::oid not in (
      select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('market', 'record')) then
    raise exception 'chunks of % younger than % are not dropped', relation, keep;
  end if;
  if exists (select from ingest.archiving) then
    insert into ingest.archive (relation, due) values (relation::text, now() - keep)
      on conflict on constraint archive_pkey do update set due = excluded.due;
    return;
  end if;
  -- Where there is nothing to drop nothing is noted: older rows that come once more is kept are all there are.
  if exists (select from ingest.chunks_of(relation) c where c.range_end <= now() - keep) then
    perform ingest.note_dropped(relation, now() - keep);
    perform public.drop_chunks(relation, older_than => now() - keep);
    perform ingest.note_held_from(relation, now() - keep);
  end if;
end
$$;
revoke execute on function ingest.drop_old_chunks(regclass, interval) from public;

create or replace function ingest.note_dropped(relation regclass, up_to timestamptz) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into ingest.dropped as d (relation, before, level)
    values (relation::text, up_to,
      case when relation::text like 'market.candles_%' then market.timeframe_level(substr(relation::text, 16)) end)
    on conflict on constraint dropped_pkey do update set before = greatest(d.before, excluded.before)
$$;
revoke execute on function ingest.note_dropped(regclass, timestamptz) from public;

drop function if exists ingest.note_held_from(regclass);
create or replace function ingest.note_held_from(relation regclass, up_to timestamptz) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update ingest.dropped d set held_from = greatest(d.held_from, coalesce(
    (select min(c.range_start) from ingest.chunks_of(note_held_from.relation) c where c.range_end > note_held_from.up_to),
    note_held_from.up_to))
  where d.relation = note_held_from.relation::text
$$;
revoke execute on function ingest.note_held_from(regclass, timestamptz) from public;

-- Levels of candles that are now kept longer than before (null: for ever) have what came since for times that were once dropped:
-- their rows begin with the first chunk there is. `before` stays: what a level was made of may still be gone.
create or replace function ingest.keep_longer(levels integer[], keep interval[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  longer record;
begin
  for longer in
    select d.relation, f.first from unnest(levels, keep) k (level, keep)
    join ingest.dropped d on d.level = k.level and (k.keep is null or d.before > now() - k.keep)
    cross join lateral (select min(c.range_start) as first from ingest.chunks_of(d.relation::regclass) c) f
    where f.first < coalesce(d.held_from, d.before)
  loop
    update ingest.dropped d set held_from = longer.first where d.relation = longer.relation;
  end loop;
end
$$;
revoke execute on function ingest.keep_longer(integer[], interval[]) from public;

-- How many rows there are and what they come to, in whatever order.
create or replace function ingest.row_digest(relation regclass, since timestamptz, before timestamptz,
  out rows bigint, out digest numeric)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  execute format('select count(*), coalesce(sum(hash_record_extended(t, 0)::numeric), 0) from %s t where ts >= $1 and ts < $2',
    relation) into rows, digest using since, before;
end
$$;
revoke execute on function ingest.row_digest(regclass, timestamptz, timestamptz) from public;

-- Drops the chunks of a stretch of time, all rows of which are in the archive: 'changed' if there are other rows than those
-- that were read for it, 'waits' if the roll-up is not through with them.
create or replace function ingest.drop_archived(relation regclass, since timestamptz, before timestamptz, rows bigint, digest numeric)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  held record;
  there record;
begin
  if not exists (select from ingest.archiving) or not exists (
      select from ingest.archive a where a.relation = drop_archived.relation::text and a.level = 0 and a.due >= drop_archived.before) then
    return 'waits';
  end if;
  for held in select c.chunk from ingest.chunks_of(relation) c
      where c.range_start < drop_archived.before and c.range_end > drop_archived.since loop
    execute format('lock table %s in share mode', held.chunk);
  end loop;
  there := ingest.row_digest(relation, since, before);
  if there.rows is distinct from drop_archived.rows or there.digest is distinct from drop_archived.digest then
    return 'changed';
  end if;
  -- Only who leads the roll-up may drop what it reads; its passes are short.
  for attempt in 1..50 loop
    exit when pg_try_advisory_xact_lock(740101);
    if attempt = 50 then
      return 'waits';
    end if;
    perform pg_sleep(0.1);
  end loop;
  -- Marks of days lie at their beginning. What waits of before that is of other rows.
  if relation::text ~ '^market\.(trades|candles_)' and exists (
      select from ingest.dirty d where d.bucket < drop_archived.before and d.bucket > drop_archived.since - interval '1 day') then
    return 'waits';
  end if;
  perform ingest.note_dropped(relation, before);
  perform public.drop_chunks(relation, older_than => before, newer_than => since);
  perform ingest.note_held_from(relation, before);
  return 'dropped';
end
$$;
revoke execute on function ingest.drop_archived(regclass, timestamptz, timestamptz, bigint, numeric) from public;
