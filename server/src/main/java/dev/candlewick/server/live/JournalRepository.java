package dev.candlewick.server.live;

import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.Journal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the journal of commits, on a connection that it keeps and on which the database tells when
 * there is something new.
 */
final class JournalRepository {
  private static final String LISTEN = "listen " + Journal.CHANNEL;
  private static final String UNLISTEN = "unlisten " + Journal.CHANNEL;
  private static final String MOMENT = "select pg_current_snapshot()::text";

  /** What a snapshot does not see: what had not ended, and what had not begun. */
  private static final String SINCE =
      """
      select pg_current_snapshot()::text as moment,
             null::int8 as xid, null::int4 as id, null::int2 as kind, null::bytea as keys
      union all
      (select null, c.xid::text::int8, u.id, u.kind, u.keys
       from ingest.changes c cross join lateral unnest(c.ids, c.kinds, c.keys) as u (id, kind, keys)
       where (c.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
              or c.xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
         and u.id = any ($2)
       order by c.xid)
      """;

  private final Pool pool;
  private final Context context;
  private final Runnable woken;
  private @Nullable PgConnection listening;

  /**
   * Opens nothing yet.
   *
   * @param context on which everything here is called
   * @param woken run there when something was committed, or the connection is gone
   */
  JournalRepository(Pool primary, Context context, Runnable woken) {
    this.pool = primary;
    this.context = context;
    this.woken = woken;
  }

  /** What was committed after one moment and before this one. */
  record News(String moment, List<Change> changes) {}

  /**
   * The changes of these instruments since a moment, those of one feed in the order it sent;
   * without one, the present moment. Listens before it reads: what is committed later is told.
   */
  Future<News> since(@Nullable String moment, Collection<Integer> instruments) {
    return listen()
        .compose(
            connection ->
                moment == null ? now(connection) : since(connection, moment, instruments));
  }

  private Future<PgConnection> listen() {
    PgConnection open = listening;
    if (open != null) {
      return Future.succeededFuture(open);
    }
    return pool.getConnection()
        .map(PgConnection::cast)
        .compose(
            taken -> {
              taken.notificationHandler(told -> context.runOnContext(hop -> woken.run()));
              taken.closeHandler(gone -> context.runOnContext(hop -> ended(taken)));
              return taken
                  .query(LISTEN)
                  .execute()
                  .onFailure(refused -> taken.close())
                  .map(
                      done -> {
                        listening = taken;
                        return taken;
                      });
            });
  }

  private void ended(PgConnection gone) {
    if (listening == gone) {
      listening = null;
      woken.run();
    }
  }

  /** Gives the connection back, until the next question. */
  void release() {
    PgConnection held = listening;
    if (held != null) {
      listening = null;
      held.notificationHandler(null);
      held.query(UNLISTEN).execute().onComplete(done -> held.close());
    }
  }

  private static Future<News> now(PgConnection connection) {
    return connection
        .query(MOMENT)
        .execute()
        .map(rows -> new News(rows.iterator().next().getString(0), List.of()));
  }

  private static Future<News> since(
      PgConnection connection, String moment, Collection<Integer> instruments) {
    Tuple parameters = Tuple.of(moment).addArrayOfInteger(instruments.toArray(Integer[]::new));
    return connection
        .preparedQuery(SINCE)
        .execute(parameters)
        .map(
            rows -> {
              String now = moment;
              List<Change> changes = new ArrayList<>(rows.size() - 1);
              for (Row row : rows) {
                if (row.getString(0) == null) {
                  changes.add(change(row));
                } else {
                  now = row.getString(0);
                }
              }
              return new News(now, changes);
            });
  }

  private static Change change(Row row) {
    return new Change(
        row.getLong(1),
        row.getInteger(2),
        ChangeKind.of(row.getShort(3)),
        row.getBuffer(4).getBytes());
  }
}
