-- Three roles with no more rights than they need. Run as a superuser in Candlewick's database, before the first
-- `migrate` and again after each: psql -X -v ON_ERROR_STOP=1 -f roles.sql DATABASE. Harmless to repeat.
--   candlewick_migrator  owns everything: for the command migrate, never for a running server
--   candlewick_writer    CANDLEWICK_DB_URL of `serve` with CANDLEWICK_MIGRATE=off
--   candlewick_reader    CANDLEWICK_DB_READ_URL, dashboards, people
-- They have no password yet and cannot log in before they get one: \password candlewick_writer
do $$
declare
  name text;
begin
  foreach name in array array['candlewick_migrator', 'candlewick_writer', 'candlewick_reader'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login', name);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'candlewick_rollup') then
    create role candlewick_rollup nologin;
  end if;
end
$$;

alter role candlewick_reader set default_transaction_read_only = on;
alter role candlewick_reader set statement_timeout = '5s';

-- The migrator makes the schemas and, once, the extension (a trusted one).
do $$
begin
  execute format('grant connect, create on database %I to candlewick_migrator', current_database());
  execute format('grant connect on database %I to candlewick_writer, candlewick_reader', current_database());
end
$$;

-- Who refreshes a continuous aggregate must own it. This role owns those and nothing else; what is in them can be
-- made again from the minutes below.
grant candlewick_rollup to candlewick_migrator, candlewick_writer;

do $$
declare
  relation record;
begin
  if to_regclass('ingest.edition') is null then
    return; -- not migrated yet
  end if;

  grant usage on schema market, ingest to candlewick_writer, candlewick_reader, candlewick_rollup;
  grant select on all tables in schema market to candlewick_reader, candlewick_rollup;
  grant select on ingest.dirty, ingest.dropped, ingest.amended, ingest.streams, ingest.rejects, ingest.edition, ingest.schema_history,
    ingest.plans, ingest.feature_sets, ingest.feature_progress
    to candlewick_reader;
  grant select, insert, update, delete on all tables in schema market, ingest to candlewick_writer;
  grant usage, select on all sequences in schema ingest to candlewick_writer;
  revoke insert, update, delete on ingest.edition, ingest.schema_history from candlewick_writer;
  grant execute on all functions in schema market to candlewick_writer, candlewick_reader;
  grant execute on all functions in schema ingest to candlewick_writer;

  -- Kinds of record, those of later too: the tables are the migrator's, whoever asked for them.
  grant usage on schema record, record_latest, named, named_latest to candlewick_writer, candlewick_reader;
  grant select on all tables in schema record, record_latest, named, named_latest to candlewick_reader;
  grant select, insert, update, delete on all tables in schema record, record_latest to candlewick_writer;
  revoke insert, update, delete on ingest.kinds from candlewick_writer;
  grant select on ingest.kinds to candlewick_reader;
  alter default privileges for role candlewick_migrator in schema record, record_latest, named, named_latest
    grant select on tables to candlewick_reader;
  alter default privileges for role candlewick_migrator in schema record, record_latest
    grant select, insert, update, delete on tables to candlewick_writer;

  if exists (select from ingest.edition where edition = 'community') then
    -- For as long as it takes to hand the aggregates over.
    grant create on schema market to candlewick_rollup;
    for relation in
      select view_name from timescaledb_information.continuous_aggregates where view_schema = 'market'
    loop
      execute format('alter materialized view market.%I owner to candlewick_rollup', relation.view_name);
    end loop;
    revoke create on schema market from candlewick_rollup;
  end if;
end
$$;
