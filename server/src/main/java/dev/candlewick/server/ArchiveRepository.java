package dev.candlewick.server;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;

/** Whether there is an archive, and how far it has got. */
final class ArchiveRepository {
  private static final String IDENTITY =
      """
      with made as (insert into ingest.identity default values on conflict do nothing returning id)
      select coalesce((select id from made), (select id from ingest.identity))::text,
             exists (select from ingest.archive where files > 0)
      """;

  private static final String KEEP =
      "insert into ingest.archiving default values on conflict do nothing";

  private static final String KEEP_NO_MORE = "delete from ingest.archiving";

  /** Failures are retried after ten minutes, what had to wait after one. */
  private static final String STATE =
      """
      select exists (select from ingest.archiving) as is_on,
             coalesce(sum(rows), 0)::int8 as rows, coalesce(sum(files), 0)::int8 as files,
             coalesce(sum(bytes), 0)::int8 as bytes,
             coalesce(extract(epoch from now() - min(failed_since)), 0)::float8 as held,
             coalesce(max(extract(epoch from due - done)) filter (where due > done), 0)::float8 as waiting,
             coalesce(bool_or(due is not null and due is distinct from done
               and (tried_at is null
                 or tried_at < now() - case when failed_since is null then interval '1 minute'
                                            else interval '10 minutes' end)), false) as is_due
      from ingest.archive
      """;

  private final Pool primary;

  ArchiveRepository(Pool primary) {
    this.primary = primary;
  }

  /** Who the database is, and whether it has archived anything yet. */
  record Identity(String id, boolean isUsed) {}

  Future<Identity> identity() {
    return primary
        .query(IDENTITY)
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new Identity(row.getString(0), row.getBoolean(1)));
  }

  Future<?> keep(boolean on) {
    return primary.query(on ? KEEP : KEEP_NO_MORE).execute();
  }

  Future<ArchiveState> state() {
    return primary.query(STATE).execute().map(rows -> state(rows.iterator().next()));
  }

  private static ArchiveState state(Row row) {
    return new ArchiveState(
        row.getBoolean("is_on"),
        row.getLong("rows"),
        row.getLong("files"),
        row.getLong("bytes"),
        row.getDouble("held"),
        row.getDouble("waiting"),
        row.getBoolean("is_due"));
  }
}
