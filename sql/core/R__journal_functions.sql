drop function if exists ingest.changes_since(pg_snapshot, integer, integer);

-- What was committed since a moment, in parts, so that its reader needs a bounded amount of memory: at most 1,000 entries of the
-- journal, or 256 KB of them as they are kept, and the rest of the transaction that is reached with them. The first row says up
-- to which moment that is (the next part begins there), when its last transaction began, and whether there is more; each other
-- row is an element of an entry, in the order of transactions. A part ends after a transaction: its moment has seen what is
-- numbered up to that one and had ended by now.
create or replace function ingest.changes_since(since pg_snapshot)
returns table (moment text, at timestamptz, more boolean, id integer, kind smallint, keys bytea)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with unseen as (
    select c.*, sum(pg_column_size(c.keys)) over (order by c.xid groups between unbounded preceding and 1 preceding) as before
    from (
      select * from ingest.changes c
      where c.xid >= pg_snapshot_xmin(changes_since.since) and not pg_visible_in_snapshot(c.xid, changes_since.since)
      order by c.xid fetch first 1000 rows with ties) c),
  part as materialized (select * from unseen where coalesce(before, 0) < 256 * 1024),
  reached as (
    select max(p.at) as at, (max(p.xid)::text::bigint + 1)::text::xid8 as next,
           count(*) >= 1000 or count(*) < (select count(*) from unseen) as more
    from part p)
  select case when r.more
           then format('%s:%s:%s', least(pg_snapshot_xmin(s.now), r.next), r.next,
                       (select string_agg(x::text, ',' order by x) from pg_snapshot_xip(s.now) x where x < r.next))
           else s.now::text end,
         case when r.more then r.at else now() end, r.more, null::integer, null::smallint, null::bytea
  from reached r cross join (select pg_current_snapshot() as now) s
  union all
  (select null, null, null, u.id, u.kind, u.keys
   from part p cross join lateral unnest(p.ids, p.kinds, p.keys) as u (id, kind, keys)
   order by p.xid)
$$;
revoke execute on function ingest.changes_since(pg_snapshot) from public;
