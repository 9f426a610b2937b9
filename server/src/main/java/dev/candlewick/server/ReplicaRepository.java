package dev.candlewick.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a replica that already has everything committed by the time they were asked for:
 * anything any client was told before is there, whichever instance told it. A replica that takes
 * longer than a moment to get there leaves the read to the primary. If the primary cannot be asked,
 * nobody knows what was committed, and there is no answer unless the replica has taken its place.
 */
final class ReplicaRepository implements Pool {
  /** With synchronous_commit off, acked data need not be flushed yet. */
  private static final String POSITION =
      """
      select (case when current_setting('synchronous_commit') = 'off'
        then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end)::text
      """;

  private static final String BEHIND =
      """
      select case when pg_is_in_recovery()
        then pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn())::int8 else 0 end
      """;

  private static final String IS_REPLICA = "select pg_is_in_recovery()";
  private static final long ASK_MILLIS = 2_000;
  private static final long LOOK_AGAIN_MILLIS = 5;

  /** The longest a read waits for the replica. */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Vertx vertx;
  private final Pool replica;
  private final Pool primary;
  private final ReplicaMetrics metrics;
  private boolean asking;
  private @Nullable Promise<String> next;

  /** Whether the last read waited in vain: until the replica has caught up, none waits. */
  private volatile boolean lags;

  ReplicaRepository(Vertx vertx, Pool replica, Pool primary, ReplicaMetrics metrics) {
    this.vertx = vertx;
    this.replica = replica;
    this.primary = primary;
    this.metrics = metrics;
  }

  /**
   * The primary's log position. A query already under way may have been answered before this read
   * came in, so the read waits for the next one, which many share.
   */
  private synchronized Future<String> position() {
    if (!asking) {
      asking = true;
      return ask();
    }
    if (next == null) {
      next = Promise.promise();
    }
    return next.future();
  }

  private Future<String> ask() {
    return primary
        .query(POSITION)
        .execute()
        .map(rows -> rows.iterator().next().getString(0))
        .timeout(ASK_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(answered -> askNext());
  }

  private void askNext() {
    Promise<String> waiting;
    synchronized (this) {
      waiting = next;
      next = null;
      asking = waiting != null;
    }
    if (waiting != null) {
      ask().onComplete(waiting);
    }
  }

  @Override
  public Future<SqlConnection> getConnection() {
    return position()
        .transform(
            asked ->
                asked.succeeded()
                    ? atPosition(asked.result())
                    : promoted().recover(none -> Future.failedFuture(asked.cause())));
  }

  private Future<SqlConnection> atPosition(String position) {
    long giveUp = System.nanoTime() + WAIT_NANOS;
    return replica
        .getConnection()
        .compose(
            connection ->
                isThere(connection, position, giveUp)
                    .onFailure(gone -> connection.close())
                    .compose(there -> there ? counted(connection) : left(connection)))
        .recover(away -> fromPrimary());
  }

  private Future<Boolean> isThere(SqlConnection connection, String position, long giveUp) {
    return connection
        .preparedQuery(BEHIND)
        .execute(Tuple.of(position))
        .compose(
            rows -> {
              long behind = rows.iterator().next().getLong(0);
              metrics.behind(Math.max(0, behind));
              if (behind <= 0) {
                lags = false;
                return Future.succeededFuture(true);
              }
              if (lags || System.nanoTime() - giveUp > 0) {
                lags = true;
                return Future.succeededFuture(false);
              }
              return vertx
                  .timer(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(waited -> isThere(connection, position, giveUp));
            });
  }

  private Future<SqlConnection> counted(SqlConnection connection) {
    metrics.byReplica();
    return Future.succeededFuture(connection);
  }

  private static Future<SqlConnection> left(SqlConnection connection) {
    connection.close();
    return Future.failedFuture("the replica is behind");
  }

  private Future<SqlConnection> fromPrimary() {
    metrics.byPrimary();
    return primary.getConnection();
  }

  /** A connection to the former replica, if it is a primary by now. */
  private Future<SqlConnection> promoted() {
    return replica
        .getConnection()
        .compose(
            connection ->
                connection
                    .query(IS_REPLICA)
                    .execute()
                    .onFailure(gone -> connection.close())
                    .compose(
                        rows ->
                            rows.iterator().next().getBoolean(0)
                                ? left(connection)
                                : counted(connection)));
  }

  @Override
  public PreparedQuery<RowSet<Row>> query(String sql) {
    return preparedQuery(sql);
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
    return new Asked<>(connection -> connection.preparedQuery(sql));
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
    return new Asked<>(connection -> connection.preparedQuery(sql, options));
  }

  /** A query that takes its own connection. */
  private final class Asked<T> implements PreparedQuery<T> {
    private final Function<SqlConnection, PreparedQuery<T>> query;

    Asked(Function<SqlConnection, PreparedQuery<T>> query) {
      this.query = query;
    }

    @Override
    public Future<T> execute() {
      return withConnection(connection -> query.apply(connection).execute());
    }

    @Override
    public Future<T> execute(Tuple tuple) {
      return withConnection(connection -> query.apply(connection).execute(tuple));
    }

    @Override
    public Future<T> executeBatch(List<Tuple> batch) {
      return withConnection(connection -> query.apply(connection).executeBatch(batch));
    }

    @Override
    public <R> PreparedQuery<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
      return new Asked<>(connection -> query.apply(connection).collecting(collector));
    }

    @Override
    public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
      return new Asked<>(connection -> query.apply(connection).mapping(mapper));
    }
  }

  @Override
  public int size() {
    return replica.size();
  }

  @Override
  public Future<Void> close() {
    return replica.close();
  }
}
