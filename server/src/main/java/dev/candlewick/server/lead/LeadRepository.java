package dev.candlewick.server.lead;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which instance does a piece of work: the one whose connection holds its advisory lock.
 * All writes of that work go over this connection, so an instance that has lost the lock cannot
 * write anything more.
 *
 * <p>A killed process loses its connections at once. One that is frozen, or cut off, keeps them; so
 * the leader says something every second, and the database ends its session after a few seconds of
 * silence. Because the database ends it, a leader that wakes up finds itself deposed.
 *
 * @param <T> the work, created with its connection
 */
public final class LeadRepository<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LeadRepository.class);

  /**
   * Null if the session that answers is not the one that was asked first: a pooler lends sessions,
   * and their locks belong to nobody.
   */
  private static final String LEAD =
      "select case when pg_backend_pid() = $1 then pg_try_advisory_lock($2) end";

  private static final String SILENT_FOR_LONG =
      "set idle_session_timeout = '6s'; set idle_in_transaction_session_timeout = '6s';"
          + " set tcp_user_timeout = '6s'";

  private static final String AS_BEFORE =
      "select pg_advisory_unlock_all(); reset idle_session_timeout;"
          + " reset idle_in_transaction_session_timeout; reset tcp_user_timeout";

  private static final String ALIVE = "select 1";
  private static final long ALIVE_MILLIS = 1_000;

  private final Vertx vertx;
  private final Pool primary;
  private final long lock;
  private final Function<PgConnection, T> work;
  private boolean pooled;

  /**
   * The pool must be the primary's; the leading instance keeps one of its connections.
   *
   * @param lock the number of the lock, unique in this database
   */
  public LeadRepository(Vertx vertx, Pool primary, long lock, Function<PgConnection, T> work) {
    this.vertx = vertx;
    this.primary = primary;
    this.lock = lock;
    this.work = work;
  }

  /**
   * The work, if this instance is the one doing it; otherwise null.
   *
   * @param lost run when the connection is gone, and the lock with it
   */
  public Future<@Nullable Lead<T>> lead(Runnable lost) {
    return primary
        .getConnection()
        .map(PgConnection::cast)
        .compose(
            connection ->
                connection
                    .preparedQuery(LEAD)
                    .execute(Tuple.of(connection.processId(), lock))
                    .map(rows -> rows.iterator().next().getBoolean(0))
                    .compose(leads -> kept(connection, leads, lost))
                    .onFailure(refused -> connection.close()));
  }

  private Future<@Nullable Lead<T>> kept(
      PgConnection connection, @Nullable Boolean leads, Runnable lost) {
    if (leads == null && !pooled) {
      pooled = true;
      LOG.error("features and topics of candles are not made through a pooler of connections");
    }
    if (!Boolean.TRUE.equals(leads)) {
      connection.close();
      return Future.succeededFuture(null);
    }
    return connection
        .query(SILENT_FOR_LONG)
        .execute()
        .map(
            set -> {
              long alive =
                  vertx.setPeriodic(ALIVE_MILLIS, tick -> connection.query(ALIVE).execute());
              connection.closeHandler(
                  gone -> {
                    vertx.cancelTimer(alive);
                    // Otherwise the pool counts it as in use for ever.
                    connection.close();
                    lost.run();
                  });
              return new Lead<>(work.apply(connection), () -> release(connection, alive));
            });
  }

  private void release(PgConnection connection, long alive) {
    vertx.cancelTimer(alive);
    connection.closeHandler(null);
    connection.query(AS_BEFORE).execute().onComplete(done -> connection.close());
  }
}
