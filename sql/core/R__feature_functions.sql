-- Rows that the server makes itself, by the names of the table's columns: those that say something new are written, and told
-- to whoever follows the kind. How many they were.
create or replace function ingest.put_records(kind_name text, rows jsonb) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  kind_number integer;
  key text[];
  rest text[];
  changed integer;
begin
  select k.number, ingest.key_columns(k.declaration) into kind_number, key from ingest.kinds k where k.kind = kind_name;
  select array_agg(name order by place) into rest from (
    select case when a.attname = '_instrument_id' then '_instrument_id' else format('"%s"', a.attname) end as name,
           a.attnum as place
    from pg_attribute a
    where a.attrelid = format('record.%I', kind_name)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attname <> 'ts') columns
  where name <> all (key);
  execute format($q$
    with sent as materialized (select * from jsonb_populate_recordset(null::record.%1$I, $1)),
    written as (
      insert into record.%1$I as r (ts, %2$s, %3$s) select ts, %2$s, %3$s from sent order by %2$s, ts
      on conflict (%2$s, ts) do update set (%3$s) = row (%4$s) where (%5$s) is distinct from (%4$s)
      returning *),
    latest as (
      insert into record_latest.%1$I as l (ts, %2$s, %3$s)
      select distinct on (%2$s) ts, %2$s, %3$s from sent order by %2$s, ts desc
      on conflict (%2$s) do update set (ts, %3$s) = row (excluded.ts, %4$s)
      where excluded.ts > l.ts or (excluded.ts = l.ts and (%6$s) is distinct from (%4$s))),
    told as (
      insert into ingest.changes (ids, kinds, keys)
      select array[$2], array[4::smallint],
             array[convert_to(json_agg(json_build_array((extract(epoch from ts) * 1000000)::bigint, %7$s))::text, 'UTF8')]
      from written having count(*) > 0)
    select count(*)::integer from written
    $q$,
    kind_name,
    array_to_string(key, ', '),
    array_to_string(rest, ', '),
    (select string_agg('excluded.' || c, ', ' order by n) from unnest(rest) with ordinality as u (c, n)),
    (select string_agg('r.' || c, ', ' order by n) from unnest(rest) with ordinality as u (c, n)),
    (select string_agg('l.' || c, ', ' order by n) from unnest(rest) with ordinality as u (c, n)),
    (select string_agg(c || '::text', ', ' order by n) from unnest(key) with ordinality as u (c, n)))
    into changed using rows, -kind_number;
  if changed > 0 then
    perform pg_notify('candlewick_changes', '');
  end if;
  return changed;
end
$$;

-- Takes rows away that nothing makes any more, told by key and ts, and tells it to whoever follows the kind. What was before is
-- a key's latest row then.
create or replace function ingest.remove_records(kind_name text, rows jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  kind_number integer;
  key text[];
  same_key text;
  columns text;
  removed integer;
begin
  select k.number, ingest.key_columns(k.declaration) into kind_number, key from ingest.kinds k where k.kind = kind_name;
  same_key := (select string_agg(format('r.%1$s = g.%1$s', k), ' and ') from unnest(key) k);
  select string_agg(format('%I', a.attname), ', ') into columns
  from pg_attribute a
  where a.attrelid = format('record.%I', kind_name)::regclass and a.attnum > 0 and not a.attisdropped;
  execute format($q$
    with gone as (
      delete from record.%1$I r using jsonb_populate_recordset(null::record.%1$I, $1) g where %2$s and r.ts = g.ts
      returning r.*),
    told as (
      insert into ingest.changes (ids, kinds, keys)
      select array[$2], array[4::smallint],
             array[convert_to(json_agg(json_build_array((extract(epoch from ts) * 1000000)::bigint, %3$s))::text, 'UTF8')]
      from gone having count(*) > 0)
    select count(*)::integer from gone
    $q$,
    kind_name, same_key, (select string_agg(c || '::text', ', ' order by n) from unnest(key) with ordinality as u (c, n)))
    into removed using rows, -kind_number;
  if removed > 0 then
    perform pg_notify('candlewick_changes', '');
  end if;
  execute format('delete from record_latest.%1$I r using jsonb_populate_recordset(null::record.%1$I, $1) g where %2$s and r.ts = g.ts',
                 kind_name, same_key) using rows;
  get diagnostics removed = row_count;
  if removed > 0 then
    execute format($q$
      insert into record_latest.%1$I (%3$s)
      select %3$s from (
        select last.* from jsonb_populate_recordset(null::record.%1$I, $1) g
        cross join lateral (select r.* from record.%1$I r where %2$s order by r.ts desc limit 1) last) l
      on conflict do nothing
      $q$, kind_name, same_key, columns) using rows;
  end if;
end
$$;
