package dev.candlewick.server.memory;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal of commits, on a connection that it keeps, so that a query waits for no other.
 */
public final class ChangeRepository {
  /**
   * One row about the state of the database, then what changed that the snapshot $1 does not see;
   * nothing if that is null.
   */
  private static final String SINCE =
      """
      select pg_current_snapshot()::text as moment,
             extract(epoch from pg_postmaster_start_time())::text || ' '
               || (select d.oid from pg_database d where d.datname = current_database()) || ' '
               || 'ingest.changes'::regclass::oid as database,
             (extract(epoch from now()) * 1000)::int8 as at,
             null::int4 as id, null::bool as quotes, null::int8 as oldest
      union all
      (select null, null, null, u.id, u.kind = 2,
              min(coalesce(u.oldest, -9223372036854775808))
       from ingest.changes c
       cross join lateral unnest(c.ids, c.kinds, c.oldest) as u (id, kind, oldest)
       where (c.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
              or c.xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
         and u.kind <> 4
       group by 4, 5)
      """;

  /**
   * Planned once, for the index: planning it for its values takes ten times as long as running it.
   */
  private static final String PREPARE =
      """
      set plan_cache_mode = force_generic_plan;
      set enable_seqscan = off;
      set enable_memoize = off;
      set max_parallel_workers_per_gather = 0
      """;

  private static final String RESTORE =
      """
      reset plan_cache_mode;
      reset enable_seqscan;
      reset enable_memoize;
      reset max_parallel_workers_per_gather
      """;

  private final Pool pool;
  private @Nullable SqlConnection open;

  /** Asks the database that the rows are read from. */
  public ChangeRepository(Pool pool) {
    this.pool = pool;
  }

  /**
   * What the database says about itself and its journal.
   *
   * @param moment its snapshot
   * @param database changes if the database may not have what was seen before
   * @param at milliseconds of its clock
   */
  record News(String moment, String database, long at, List<Change> changes) {}

  /** What was committed between a moment and this one; without a moment, only this one. */
  Future<News> since(@Nullable String moment) {
    return connection()
        .compose(connection -> connection.preparedQuery(SINCE).execute(Tuple.of(moment)))
        .map(ChangeRepository::news)
        .onFailure(failed -> release());
  }

  private synchronized Future<SqlConnection> connection() {
    SqlConnection last = open;
    return last != null
        ? Future.succeededFuture(last)
        : pool.getConnection()
            .compose(
                taken ->
                    taken
                        .query(PREPARE)
                        .execute()
                        .onFailure(refused -> taken.close())
                        .map(prepared -> taken))
            .onSuccess(this::opened);
  }

  private synchronized void opened(SqlConnection taken) {
    open = taken;
    taken.closeHandler(gone -> closed(taken));
  }

  private synchronized void closed(SqlConnection gone) {
    if (open == gone) {
      open = null;
    }
  }

  /** Releases the connection until the next query. */
  synchronized void release() {
    SqlConnection last = open;
    open = null;
    if (last != null) {
      last.query(RESTORE).execute().onComplete(done -> last.close());
    }
  }

  private static News news(RowSet<Row> rows) {
    News news = null;
    List<Change> changes = new ArrayList<>();
    for (Row row : rows) {
      if (row.getString(0) != null) {
        news = new News(row.getString(0), row.getString(1), row.getLong(2), changes);
      } else {
        changes.add(new Change(row.getInteger(3), row.getBoolean(4), row.getLong(5)));
      }
    }
    if (news == null) {
      throw new IllegalStateException("the question for changes had no answer");
    }
    return news;
  }
}
