package dev.candlewick.server;

import dev.candlewick.server.DatabaseState.Waiting;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;

/** Checks the state of the primary. Reads only what TimescaleDB publishes. */
final class DatabaseRepository {
  private static final String STATE =
      """
      with job as (
        select j.proc_name,
               min(coalesce(extract(epoch from
                 case when s.last_successful_finish > '-infinity' then s.last_successful_finish end), 0)
               )::float8 as succeeded
        from timescaledb_information.jobs j
        left join timescaledb_information.job_stats s on s.job_id = j.job_id
        where j.scheduled
        group by j.proc_name)
      select current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
               and current_setting('synchronous_commit') <> 'off' as durable,
             pg_size_bytes(current_setting('max_wal_size')) as wal,
             pg_database_size(current_database()) as bytes,
             (select count(*) from (select from ingest.dirty
               where level <= 60 and bucket < now() - interval '61 seconds' limit 100000) m) as minutes,
             (select count(*) from (select from ingest.dirty where level = 300 limit 100000) b) as buckets,
             waiting.*,
             (select min(succeeded) from job where proc_name in ('policy_compression', 'policy_columnstore'))
               as compressed
      from (
        select coalesce(sum(n) filter (where age < interval '1 day'), 0)::int8 as day,
               coalesce(sum(n) filter (where age >= interval '1 day' and age < interval '31 days'), 0)::int8
                 as month,
               coalesce(sum(n) filter (where age >= interval '31 days'), 0)::int8 as older
        from (
          select coalesce(bit_count(minutes), cardinality(ids)) as n, now() - bucket as age
          from ingest.dirty
          where level <= 60 and bucket < now() - interval '61 seconds' limit 100000) mark) waiting
      """;

  private final Pool primary;

  DatabaseRepository(Pool primary) {
    this.primary = primary;
  }

  Future<DatabaseState> state() {
    return primary.query(STATE).execute().map(rows -> state(rows.iterator().next()));
  }

  private static DatabaseState state(Row row) {
    return new DatabaseState(
        row.getBoolean("durable"),
        row.getLong("wal"),
        row.getLong("bytes"),
        row.getLong("minutes"),
        row.getLong("buckets"),
        new Waiting(row.getLong("day"), row.getLong("month"), row.getLong("older")),
        orNone(row.getDouble("compressed")));
  }

  private static double orNone(Double succeeded) {
    return succeeded == null ? Double.NaN : succeeded;
  }
}
