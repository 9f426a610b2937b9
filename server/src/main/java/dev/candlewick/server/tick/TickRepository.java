package dev.candlewick.server.tick;

import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Trades and quotes in the database. Every statement bounds ts at both ends. */
public final class TickRepository {
  private static final long DAY = 86_400_000_000L;
  private static final long NO_PLACE = -1;

  /** Orders trades with the same ts and place; for an unsigned id its bits. */
  private static final String RANK =
      """
      case when flags & 16 <> 0 and length(taken) > 8
        then (convert_from(substr(taken, 9), 'UTF8')::numeric - 18446744073709551616)::bigint
        else trade_id end
      """;

  private static final Table<Trade> TRADES =
      new Table<>(
          """
          select ts, trade_id, price, size, side, (flags & 63)::int2, taken from market.trades
          where instrument_id = $1 and ts >= $2 and ts < $3 and flags & 32 <> 32
          """,
          "ts, coalesce(substr(taken, 1, 8), ''::bytea), " + RANK,
          "ts, taken nulls first, trade_id",
          "ts desc, taken desc nulls last, trade_id desc",
          TickRepository::trade);

  private static final Table<Quote> QUOTES =
      new Table<>(
          """
          select ts, seq, bid, bid_size, ask, ask_size, last, volume_24h from market.quotes
          where instrument_id = $1 and ts >= $2 and ts < $3
          """,
          "ts, ''::bytea, seq",
          "ts, seq",
          "ts desc, seq desc",
          TickRepository::quote);

  private final SqlClient client;

  public TickRepository(SqlClient client) {
    this.client = client;
  }

  Future<TickPage<Trade>> trades(int instrument, TickQuery query) {
    return page(TRADES, instrument, query);
  }

  /**
   * Trades of an instrument, ascending: the first of the range, or the last if it has no {@code
   * from}.
   */
  public Future<List<Trade>> trades(int instrument, Range range, int limit) {
    return trades(instrument, TickQuery.first(range, limit)).map(TickPage::rows);
  }

  Future<TickPage<Quote>> quotes(int instrument, TickQuery query) {
    return page(QUOTES, instrument, query);
  }

  /** The statements over one table, all of one select list. */
  private record Table<T>(
      String forwards, String backwards, String oldest, Function<Row, T> reader) {
    Table(String select, String position, String order, String reversed, Function<Row, T> reader) {
      this(
          select + " and (" + position + ") > ($4, $5, $6) order by " + order + " limit $7",
          select + " and (" + position + ") < ($4, $5, $6) order by " + reversed + " limit $7",
          select + " order by ts limit 1",
          reader);
    }
  }

  /** A position in the order (ts, place, id), before or after which to read. */
  private record Position(long ts, long place, long id) {
    static Position of(Cursor cursor) {
      return new Position(cursor.timestamp(0), cursor.number(1), cursor.number(2));
    }
  }

  /** At most {@code limit} rows with {@code from <= ts < to} on one side of {@code position}. */
  private record Window(int instrument, long from, long to, Position position, int limit) {
    Window startingAt(long start) {
      return new Window(instrument, start, to, position, limit);
    }

    /** What is left of it before {@code end}, once so many of its rows are found. */
    Window before(long end, int found) {
      return new Window(instrument, from, end, position, limit - found);
    }
  }

  private <T extends Tick> Future<TickPage<T>> page(
      Table<T> table, int instrument, TickQuery query) {
    Long from = query.range().from();
    // Stored timestamps may be up to a day ahead of this clock.
    long newest = Times.micros(Instant.now()) + DAY;
    long to = query.range().to() == null ? newest : Math.min(query.range().to(), newest);
    Future<List<T>> rows =
        query.readsBackwards()
            ? backwards(table, instrument, from, to, query)
            : forwards(table, instrument, from == null ? 0 : from, to, query);
    return rows.map(found -> page(found, query));
  }

  private <T> Future<List<T>> forwards(
      Table<T> table, int instrument, long from, long to, TickQuery query) {
    Cursor cursor = query.cursor();
    Position after =
        cursor == null
            ? new Position(from - 1, Long.MAX_VALUE, Long.MAX_VALUE)
            : Position.of(cursor);
    long start = Math.max(from, after.ts());
    return select(
        table, table.forwards(), new Window(instrument, start, to, after, query.limit() + 1));
  }

  private <T> Future<List<T>> backwards(
      Table<T> table, int instrument, @Nullable Long from, long to, TickQuery query) {
    Cursor cursor = query.cursor();
    Position before =
        cursor == null ? new Position(to, NO_PLACE, Long.MIN_VALUE) : Position.of(cursor);
    long end = Math.min(to, before.ts() + 1);
    long start = from == null ? 0 : from;
    Window whole = new Window(instrument, start, end, before, query.limit() + 1);
    return from == null ? newest(table, whole) : widen(table, whole, DAY, new ArrayList<>());
  }

  /** The newest rows, however old they are; usually those of the last day. */
  private <T> Future<List<T>> newest(Table<T> table, Window whole) {
    Window day = whole.startingAt(Math.max(whole.from(), whole.to() - DAY));
    return select(table, table.backwards(), day)
        .compose(
            rows -> {
              if (rows.size() == whole.limit()) {
                return Future.succeededFuture(rows);
              }
              Window rest = whole.before(day.from(), rows.size());
              return oldest(table, rest)
                  .compose(first -> widen(table, rest.startingAt(first), 2 * DAY, rows));
            });
  }

  /**
   * Reads backwards in windows, each twice as long as the previous one, to the start of the range.
   */
  private <T> Future<List<T>> widen(Table<T> table, Window whole, long length, List<T> found) {
    if (whole.from() >= whole.to()) {
      return Future.succeededFuture(found);
    }
    Window part = whole.startingAt(Math.max(whole.from(), whole.to() - length));
    return select(table, table.backwards(), part)
        .compose(
            rows -> {
              found.addAll(rows);
              return rows.size() == whole.limit()
                  ? Future.succeededFuture(found)
                  : widen(table, whole.before(part.from(), rows.size()), 2 * length, found);
            });
  }

  /** The timestamp of the first row in the window, its end if there is none. */
  private <T> Future<Long> oldest(Table<T> table, Window window) {
    Tuple bounds = Tuple.of(window.instrument(), time(window.from()), time(window.to()));
    return client
        .preparedQuery(table.oldest())
        .execute(bounds)
        .map(rows -> rows.size() == 0 ? window.to() : ts(rows.iterator().next()));
  }

  private <T> Future<List<T>> select(Table<T> table, String sql, Window window) {
    Tuple values =
        Tuple.of(
            window.instrument(),
            time(window.from()),
            time(window.to()),
            time(window.position().ts()),
            bytes(window.position().place()),
            window.position().id(),
            window.limit());
    return client
        .preparedQuery(sql)
        .execute(values)
        .map(
            rows -> {
              List<T> read = new ArrayList<>(rows.size());
              rows.forEach(row -> read.add(table.reader().apply(row)));
              return read;
            });
  }

  /** Removes the one extra row, which only showed that there are more. */
  private static <T extends Tick> TickPage<T> page(List<T> found, TickQuery query) {
    boolean more = found.size() > query.limit();
    List<T> rows = more ? found.subList(0, query.limit()) : found;
    T last = more ? rows.get(rows.size() - 1) : null;
    if (query.readsBackwards() && !query.descending()) {
      Collections.reverse(rows);
    }
    return new TickPage<>(rows, last);
  }

  private static Buffer bytes(long place) {
    return place < 0 ? Buffer.buffer() : Buffer.buffer(Long.BYTES).appendLong(place);
  }

  /** A trade from a row that starts with ts, trade_id, price, size, side, flags, taken. */
  public static Trade trade(Row row) {
    Buffer taken = row.getBuffer(6);
    String text =
        taken != null && taken.length() > Long.BYTES
            ? taken.getString(Long.BYTES, taken.length())
            : null;
    boolean isUnsigned = text != null && (row.getShort(5) & Trade.UNSIGNED_ID) != 0;
    return new Trade(
        ts(row),
        isUnsigned ? Long.parseUnsignedLong(text) : row.getLong(1),
        row.getDouble(2),
        row.getDouble(3),
        row.getShort(4),
        row.getShort(5),
        taken == null ? NO_PLACE : taken.getLong(0),
        isUnsigned ? null : text);
  }

  /** A quote from a row that starts with the columns of market.quotes from ts on. */
  public static Quote quote(Row row) {
    return new Quote(
        ts(row),
        row.getLong(1),
        row.getDouble(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getDouble(5),
        row.getDouble(6),
        row.getDouble(7));
  }

  private static long ts(Row row) {
    return Times.micros(row.getOffsetDateTime(0).toInstant());
  }

  static OffsetDateTime time(long micros) {
    return Times.instant(micros).atOffset(ZoneOffset.UTC);
  }
}
