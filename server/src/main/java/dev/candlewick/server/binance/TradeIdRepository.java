package dev.candlewick.server.binance;

import dev.candlewick.server.tick.TickRepository;
import dev.candlewick.server.tick.Trade;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Trades from an integer id on. No index leads from an id to its time: it is found by halving the
 * time that is held, as ids grow with time. Where some do not, those of a minute before are looked
 * at too.
 */
public final class TradeIdRepository {
  private static final long MINUTE = 60_000_000L;
  private static final long DAY = 86_400_000_000L;

  /**
   * Bits 4 and 8 of flags: the id was made by the server; 16: it is beyond what a long holds; 32:
   * cancelled.
   */
  private static final String INTEGER_IDS =
      " from market.trades where instrument_id = $1 and ts >= $2 and ts < $3 and flags & 60 = 0";

  private static final String FIRST =
      "select ts, trade_id" + INTEGER_IDS + " order by ts, trade_id limit 1";

  private static final String LAST =
      "select ts, trade_id" + INTEGER_IDS + " order by ts desc, trade_id desc limit 1";

  private static final String PAGE =
      "select ts, trade_id, price, size, side, flags, taken"
          + INTEGER_IDS
          + " and trade_id >= $4 order by ts, trade_id limit $5";

  private final SqlClient client;

  public TradeIdRepository(SqlClient client) {
    this.client = client;
  }

  /** At most {@code limit} trades whose id is an integer of at least {@code id}, ascending. */
  Future<List<Trade>> from(int instrument, long id, int limit) {
    long end = Times.micros(Instant.now()) + DAY;
    return first(FIRST, instrument, 0, end)
        .compose(
            oldest ->
                first(LAST, instrument, 0, end)
                    .compose(
                        newest ->
                            oldest.isEmpty() || newest.isEmpty()
                                ? Future.succeededFuture(List.of())
                                : narrow(instrument, id, ts(oldest.get(0)), ts(newest.get(0)) + 1)
                                    .compose(from -> page(instrument, from, end, id, limit))));
  }

  /** A time before which, as far as ids grow with time, each trade has a smaller id. */
  private Future<Long> narrow(int instrument, long id, long low, long high) {
    if (high - low <= MINUTE) {
      return Future.succeededFuture(Math.max(0, low - MINUTE));
    }
    long middle = low + (high - low) / 2;
    return first(FIRST, instrument, middle, high)
        .compose(
            found ->
                found.isEmpty() || found.get(0).getLong(1) >= id
                    ? narrow(instrument, id, low, middle)
                    : narrow(instrument, id, ts(found.get(0)), high));
  }

  private Future<List<Row>> first(String sql, int instrument, long from, long to) {
    return client
        .preparedQuery(sql)
        .execute(Tuple.of(instrument, time(from), time(to)))
        .map(TradeIdRepository::list);
  }

  private Future<List<Trade>> page(int instrument, long from, long to, long id, int limit) {
    return client
        .preparedQuery(PAGE)
        .execute(Tuple.of(instrument, time(from), time(to), id, limit))
        .map(rows -> list(rows).stream().map(TickRepository::trade).toList());
  }

  private static List<Row> list(RowSet<Row> rows) {
    List<Row> list = new ArrayList<>(rows.size());
    rows.forEach(list::add);
    return list;
  }

  private static long ts(Row row) {
    return Times.micros(row.getOffsetDateTime(0).toInstant());
  }

  private static OffsetDateTime time(long micros) {
    return Times.instant(micros).atOffset(ZoneOffset.UTC);
  }
}
