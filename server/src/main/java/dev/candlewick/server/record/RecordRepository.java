package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.Kind;
import dev.candlewick.server.record.RecordQuery.Place;
import dev.candlewick.server.record.RecordSql.Statement;
import dev.candlewick.server.record.RecordSql.Window;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records in the database. */
public final class RecordRepository {
  private static final long DAY = 86_400_000_000L;

  /** Records of a long day may begin so early: 1800-01-01. */
  public static final long FIRST = -5_364_662_400_000_000L;

  /** Rows read at a time: each may have 64 KiB. */
  private static final int READ = 250;

  /** A page is cut short where its values take more. */
  private static final long PAGE_BYTES = 16 << 20;

  private final Pool pool;

  public RecordRepository(Pool pool) {
    this.pool = pool;
  }

  /**
   * One page of records.
   *
   * @param rows in the asked order
   * @param last the row after which the next page goes on, null if there is none
   */
  record Page(List<Stored> rows, @Nullable Stored last) {}

  Future<Page> page(RecordQuery query) {
    // Stored timestamps may be up to a day ahead of this clock.
    long newest = Times.micros(Instant.now()) + DAY;
    long to = query.range().to() == null ? newest : Math.min(query.range().to(), newest);
    long from = query.range().from() == null ? FIRST : query.range().from();
    boolean backwards = query.order().backwards();
    Place after = query.after();
    if (after != null) {
      from = backwards ? from : Math.max(from, after.ts());
      to = backwards ? Math.min(to, after.ts() + 1) : to;
    }
    Window window = new Window(from, to, after, backwards, query.limit() + 1);
    Statement statement =
        RecordSql.page(query.kind(), query.columns(), query.states(), query.filters(), window);
    Future<List<Stored>> rows =
        query.limit() < READ
            ? pool.preparedQuery(statement.sql())
                .execute(tuple(statement))
                .map(found -> rows(found, query.kind(), query.columns()))
            : pool.withConnection(connection -> apart(connection, statement, query));
    return rows.map(found -> page(found, query));
  }

  /** Takes off the one row too many, which only told that there are more. */
  private static Page page(List<Stored> found, RecordQuery query) {
    int fit = Math.min(query.limit(), fitting(found));
    boolean more = found.size() > fit;
    List<Stored> rows = new ArrayList<>(found.subList(0, fit));
    Stored last = more ? rows.get(rows.size() - 1) : null;
    if (query.order().backwards() && !query.order().descending()) {
      Collections.reverse(rows);
    }
    return new Page(rows, last);
  }

  /** How many of the rows fit into a page; one always does. */
  private static int fitting(List<Stored> rows) {
    long bytes = 0;
    int fit = 0;
    while (fit < rows.size() && (fit == 0 || bytes < PAGE_BYTES)) {
      bytes += rows.get(fit++).size();
    }
    return fit;
  }

  private static Future<List<Stored>> apart(
      SqlConnection connection, Statement statement, RecordQuery query) {
    // What follows is sent without waiting for the answer; if there is no transaction, it fails
    // too.
    Future<?> begun = connection.query("begin").execute();
    return inParts(connection, statement, query.kind(), query.columns())
        .compose(rows -> begun.map(rows))
        .eventually(() -> connection.query("rollback").execute());
  }

  /** Rows of a statement until they take too much memory; within a transaction. */
  static Future<List<Stored>> inParts(
      SqlConnection connection, Statement statement, Kind kind, List<Column> columns) {
    return connection
        .prepare(statement.sql())
        .compose(
            prepared ->
                more(
                        prepared.cursor(tuple(statement)),
                        found -> rows(found, kind, columns),
                        new ArrayList<>(),
                        0)
                    .eventually(prepared::close));
  }

  private static Future<List<Stored>> more(
      Cursor cursor, Function<RowSet<Row>, List<Stored>> reader, List<Stored> found, long bytes) {
    return cursor
        .read(READ)
        .compose(
            rows -> {
              List<Stored> part = reader.apply(rows);
              found.addAll(part);
              long size = bytes + part.stream().mapToLong(Stored::size).sum();
              return cursor.hasMore() && size < PAGE_BYTES
                  ? more(cursor, reader, found, size)
                  : cursor.close().map(found);
            });
  }

  static Tuple tuple(Statement statement) {
    Tuple tuple = Tuple.tuple();
    for (Object value : statement.parameters()) {
      tuple.addValue(value instanceof BigDecimal decimal ? Numeric.create(decimal) : value);
    }
    return tuple;
  }

  static List<Stored> rows(RowSet<Row> found, Kind kind, List<Column> columns) {
    List<Stored> rows = new ArrayList<>(found.size());
    for (Row row : found) {
      rows.add(row(row, kind, columns));
    }
    return rows;
  }

  /** A row of any of the statements. */
  static Stored row(Row row, Kind kind, List<Column> columns) {
    @Nullable Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row.getValue(1 + i));
    }
    List<String> key = new ArrayList<>(kind.key().size());
    for (int i = 0; i < kind.key().size(); i++) {
      key.add(String.valueOf(row.getString(1 + values.length + i)));
    }
    return new Stored(Times.micros(row.getOffsetDateTime(0).toInstant()), key, values);
  }

  private static @Nullable Object value(@Nullable Object value) {
    return value instanceof OffsetDateTime time
        ? Long.valueOf(Times.micros(time.toInstant()))
        : value;
  }
}
