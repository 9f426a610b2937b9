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
 * Reads the journal of commits, on a connection that it keeps and on which the database announces
 * new entries.
 */
final class JournalRepository {
  private static final String LISTEN = "listen " + Journal.CHANNEL;
  private static final String UNLISTEN = "unlisten " + Journal.CHANNEL;

  /**
   * Lets a later connection tell that the database still has what was seen before: its server's
   * start, timeline and log position, and its newest commit.
   */
  private static final String MARK =
      """
      select extract(epoch from pg_postmaster_start_time())::text as started,
             left(pg_walfile_name(pg_current_wal_lsn()), 8) as timeline,
             pg_current_wal_lsn()::text as lsn,
             (select c.xid || ' ' || extract(epoch from c.at)::text from ingest.changes c
              order by c.xid desc limit 1) as newest
      """;

  /** Milliseconds of the database's clock. */
  private static final String AT = "(extract(epoch from now()) * 1000)::int8 as at";

  private static final String MOMENT =
      "select pg_current_snapshot()::text, m.*, %s from (%s) m".formatted(AT, MARK);

  /** Whether nothing that was seen is missing; a restart alone loses nothing. */
  private static final String HOLDS =
      """
      select m.started = $1 or (m.timeline = $2 and pg_current_wal_lsn() >= $3::text::pg_lsn
        and exists (select from ingest.changes c
          where c.xid = split_part($4, ' ', 1)::xid8
            and extract(epoch from c.at)::text = split_part($4, ' ', 2)))
      from (%s) m
      """
          .formatted(MARK);

  /** The most that is read at a time, about: ten seconds of everything at full speed. */
  private static final long MOST_BYTES = 32L << 20;

  /** What a change takes beside its keys, about. */
  private static final int OVERHEAD = 64;

  /**
   * What a snapshot does not see: what had not ended, and what had not started. It ends with the
   * first change that is too much.
   */
  private static final String SINCE =
      """
      select pg_current_snapshot()::text as moment, m.started, m.timeline, m.lsn, m.newest,
             %s, null::int8 as xid, null::int4 as id, null::int2 as kind, null::bytea as keys
      from (%s) m
      union all
      (select null, null, null, null, null, null, n.xid::text::int8, n.id, n.kind, n.keys
       from (
         select c.xid, u.*,
                sum(length(u.keys) + %d) over (order by c.xid rows between unbounded preceding and 1 preceding) as before
         from ingest.changes c cross join lateral unnest(c.ids, c.kinds, c.keys) as u (id, kind, keys)
         where (c.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
                or c.xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
           and u.id = any ($2)) n
       where coalesce(n.before, 0) <= %d
       order by n.xid)
      """
          .formatted(AT, MARK, OVERHEAD, MOST_BYTES);

  private final Pool pool;
  private final Context context;
  private final Runnable woken;
  private @Nullable PgConnection listening;
  private @Nullable Mark seen;

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

  /**
   * What was committed between two moments.
   *
   * @param at the second one's, in milliseconds of the database's clock
   * @param isWhole false if it was too much to read, and changes are missing
   */
  record News(String moment, long at, List<Change> changes, boolean isWhole) {}

  /** The database has gone back in time: what it said earlier may never have happened. */
  static final class WentBackException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private record Mark(String started, String timeline, String lsn, @Nullable String newest) {
    static Mark of(Row row) {
      return new Mark(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }
  }

  /**
   * The changes of these instruments since a moment, those of one feed in the order it sent them;
   * without a moment, only the current one. Listens before it reads, so that later commits are
   * announced. Fails with a {@link WentBackException} if the database has lost what was seen
   * before.
   */
  Future<News> since(@Nullable String moment, Collection<Integer> instruments) {
    return listen(moment == null ? null : seen)
        .compose(
            connection ->
                moment == null ? now(connection) : since(connection, moment, instruments));
  }

  private Future<PgConnection> listen(@Nullable Mark before) {
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
                  .compose(listens -> before == null ? kept() : holds(taken, before))
                  .onFailure(refused -> taken.close())
                  .map(
                      done -> {
                        listening = taken;
                        return taken;
                      });
            });
  }

  private static Future<Void> kept() {
    return Future.succeededFuture();
  }

  private static Future<Void> holds(PgConnection connection, Mark before) {
    return connection
        .preparedQuery(HOLDS)
        .execute(Tuple.of(before.started(), before.timeline(), before.lsn(), before.newest()))
        .map(
            rows -> {
              if (!Boolean.TRUE.equals(rows.iterator().next().getBoolean(0))) {
                throw new WentBackException();
              }
              return null;
            });
  }

  private void ended(PgConnection gone) {
    if (listening == gone) {
      listening = null;
      woken.run();
    }
  }

  /** Releases the connection until the next query. */
  void release() {
    PgConnection held = listening;
    if (held != null) {
      listening = null;
      held.notificationHandler(null);
      held.query(UNLISTEN).execute().onComplete(done -> held.close());
    }
  }

  private Future<News> now(PgConnection connection) {
    return connection
        .query(MOMENT)
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              seen = Mark.of(row);
              return new News(row.getString(0), row.getLong(5), List.of(), true);
            });
  }

  private Future<News> since(
      PgConnection connection, String moment, Collection<Integer> instruments) {
    Tuple parameters = Tuple.of(moment).addArrayOfInteger(instruments.toArray(Integer[]::new));
    return connection
        .preparedQuery(SINCE)
        .execute(parameters)
        .map(
            rows -> {
              String now = moment;
              long at = 0;
              long bytes = 0;
              List<Change> changes = new ArrayList<>(rows.size() - 1);
              for (Row row : rows) {
                if (row.getString(0) == null) {
                  Change change = change(row);
                  bytes += change.keys().length + OVERHEAD;
                  changes.add(change);
                } else {
                  now = row.getString(0);
                  at = row.getLong(5);
                  seen = Mark.of(row);
                }
              }
              return new News(now, at, changes, bytes <= MOST_BYTES);
            });
  }

  private static Change change(Row row) {
    return new Change(
        row.getLong(6),
        row.getInteger(7),
        ChangeKind.of(row.getShort(8)),
        row.getBuffer(9).getBytes());
  }
}
