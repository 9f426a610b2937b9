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
 * Which instance does a piece of work: the one whose connection holds its advisory lock. Whatever
 * that work writes, it writes over this connection, so that an instance which has lost the lock can
 * write nothing more.
 *
 * <p>A process that is killed loses its connections at once. One that is frozen, or cut off, keeps
 * them; so the leader says something every second, and the database ends its session when it has
 * heard nothing for a few. It is the database that ends it: what wakes up finds itself deposed.
 *
 * @param <T> the work, made of the connection that it goes over
 */
public final class LeadRepository<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LeadRepository.class);

  /**
   * Null where the session that answers is not the one that was greeted: a pooler lends sessions,
   * and a lock of theirs is nobody's.
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
   * The pool must be the primary's; the instance that leads keeps one connection of it.
   *
   * @param lock the number of the lock, unlike any other of this database
   */
  public LeadRepository(Vertx vertx, Pool primary, long lock, Function<PgConnection, T> work) {
    this.vertx = vertx;
    this.primary = primary;
    this.lock = lock;
    this.work = work;
  }

  /**
   * The work, if this instance is the one that does it; else null.
   *
   * @param lost run when the connection is gone, and with it the lock
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
                    // Else the pool counts it as lent for ever.
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
