package dev.candlewick.server.tick;

import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Trades or quotes as live data reads them: at one known moment, then by key. */
public final class LiveTickRepository<T extends Tick> {
  private static final String BEGIN = "begin isolation level repeatable read read only";
  private static final String MOMENT = "select pg_current_snapshot()::text";

  private static final String BY_KEYS =
      """
      select %1$s from unnest($2::timestamptz[], $3::int8[]) with ordinality as k (at, id, n)
      join %2$s on instrument_id = $1 and ts = k.at and %3$s = k.id
      where ts >= $4 and ts <= $5
      order by k.n
      """;

  private static final String TRADES =
      BY_KEYS.formatted(
          "ts, trade_id, price, size, side, flags, taken, n", "market.trades", "trade_id");

  private static final String QUOTES =
      BY_KEYS.formatted(
          "ts, seq, bid, bid_size, ask, ask_size, last, volume_24h, n", "market.quotes", "seq");

  private final Pool pool;
  private final String byKeys;
  private final Function<Row, T> reader;
  private final BiFunction<SqlConnection, IdAndQuery, Future<TickPage<T>>> page;

  /** A tick's position in the order of {@code (ts, id)}; {@code ts} in microseconds. */
  public interface Key {
    long ts();

    long id();
  }

  /** Receives the tick found for the key at this position in the list. */
  @FunctionalInterface
  public interface Found<T> {
    void tick(int place, T tick);
  }

  private record IdAndQuery(int instrument, TickQuery query) {}

  private LiveTickRepository(
      Pool pool,
      String byKeys,
      Function<Row, T> reader,
      BiFunction<SqlConnection, IdAndQuery, Future<TickPage<T>>> page) {
    this.pool = pool;
    this.byKeys = byKeys;
    this.reader = reader;
    this.page = page;
  }

  /** For trades. The pool must be the primary's: a replica cannot say which commits it shows. */
  public static LiveTickRepository<Trade> trades(Pool pool) {
    return new LiveTickRepository<>(
        pool,
        TRADES,
        TickRepository::trade,
        (connection, of) -> new TickRepository(connection).trades(of.instrument(), of.query()));
  }

  /** For quotes, also from the primary. */
  public static LiveTickRepository<Quote> quotes(Pool pool) {
    return new LiveTickRepository<>(
        pool,
        QUOTES,
        TickRepository::quote,
        (connection, of) -> new TickRepository(connection).quotes(of.instrument(), of.query()));
  }

  /**
   * The rows of a range at one moment.
   *
   * @param range without {@code from} the latest rows are wanted, otherwise the first ones
   */
  public Future<TickMoment<T>> moment(int instrument, Range range, int limit) {
    IdAndQuery asked = new IdAndQuery(instrument, TickQuery.first(range, limit));
    return pool.withConnection(
        connection ->
            connection
                .query(BEGIN)
                .execute()
                .compose(begun -> connection.query(MOMENT).execute())
                .map(rows -> rows.iterator().next().getString(0))
                .compose(
                    moment ->
                        page.apply(connection, asked)
                            .map(found -> new TickMoment<>(found.rows(), moment)))
                .eventually(() -> connection.query("rollback").execute()));
  }

  /** Passes on the ticks with these keys in the keys' order; missing ones are left out. */
  public Future<Void> find(int instrument, List<? extends Key> keys, Found<T> found) {
    List<OffsetDateTime> times = new ArrayList<>(keys.size());
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (Key key : keys) {
      times.add(TickRepository.time(key.ts()));
      first = Math.min(first, key.ts());
      last = Math.max(last, key.ts());
    }
    Tuple parameters =
        Tuple.of(
            instrument,
            times.toArray(OffsetDateTime[]::new),
            keys.stream().map(Key::id).toArray(Long[]::new),
            TickRepository.time(first),
            TickRepository.time(last));
    return pool.preparedQuery(byKeys)
        .execute(parameters)
        .map(
            rows -> {
              for (Row row : rows) {
                found.tick(row.getInteger(row.size() - 1) - 1, reader.apply(row));
              }
              return null;
            });
  }
}
