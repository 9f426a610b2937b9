package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.server.record.RecordQuery.Place;
import dev.candlewick.server.record.RecordSql.Statement;
import dev.candlewick.server.record.RecordSql.Window;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/** Records in the database. */
public final class RecordRepository {
  private static final long DAY = 86_400_000_000L;

  /** Records of a long day may start this early: 1800-01-01. */
  public static final long FIRST = -5_364_662_400_000_000L;

  /** Rows read at a time: each may have 64 KiB. */
  private static final int READ = 250;

  /** A page is cut short if its values take more. */
  private static final long PAGE_BYTES = 16 << 20;

  /** A row of so many bytes is cheap to read unnecessarily. */
  private static final long SMALL = 2_048;

  private final Pool pool;

  /**
   * Kinds whose rows were small when many were last read: their pages are read at once, others in
   * parts. If that is no longer true, rows are read unnecessarily, once.
   */
  private final Set<String> small = ConcurrentHashMap.newKeySet();

  public RecordRepository(Pool pool) {
    this.pool = pool;
  }

  /**
   * One page of records.
   *
   * @param rows in the requested order
   * @param last the row after which the next page continues, null if there is none
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
        query.limit() < READ || small.contains(query.kind().name())
            ? pool.preparedQuery(statement.sql())
                .collecting(new Reader(query.kind(), query.columns()).within(PAGE_BYTES))
                .execute(tuple(statement))
                .map(SqlResult::value)
            : pool.withConnection(connection -> apart(connection, statement, query));
    return rows.map(
        found -> {
          learn(query.kind(), found);
          return page(found, query);
        });
  }

  private void learn(Kind kind, List<Stored> rows) {
    long bytes = rows.stream().mapToLong(Stored::size).sum();
    if (bytes > SMALL * rows.size()) {
      small.remove(kind.name());
    } else if (rows.size() >= READ) {
      small.add(kind.name());
    }
  }

  /** Removes the one extra row, which only showed that there are more. */
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

  /** Whether there may be more rows than these, because no more fit into memory. */
  static boolean isCut(List<Stored> rows) {
    return fitting(rows) < rows.size();
  }

  /** How many of the rows fit into a page; at least one. */
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
    // What follows is sent without waiting for the answer; without a transaction it fails too.
    Future<?> begun = connection.query("begin").execute();
    return inParts(connection, statement, query.kind(), query.columns())
        .compose(rows -> begun.map(rows))
        .eventually(() -> connection.query("rollback").execute());
  }

  /** Rows of a statement until they take too much memory; inside a transaction. */
  static Future<List<Stored>> inParts(
      SqlConnection connection, Statement statement, Kind kind, List<Column> columns) {
    return connection
        .prepare(statement.sql())
        .compose(
            prepared ->
                more(
                        prepared.cursor(tuple(statement)),
                        new Reader(kind, columns),
                        new ArrayList<>(),
                        0)
                    .eventually(prepared::close));
  }

  private static Future<List<Stored>> more(
      Cursor cursor, Reader reader, List<Stored> found, long bytes) {
    return cursor
        .read(READ)
        .compose(
            rows -> {
              long size = bytes;
              for (Row row : rows) {
                Stored stored = reader.read(row);
                found.add(stored);
                size += stored.size();
              }
              long read = size;
              // One part more than fits shows that there is more.
              return cursor.hasMore() && bytes < PAGE_BYTES
                  ? more(cursor, reader, found, read)
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

  /**
   * Reads the rows of a statement: ts, then the requested columns, then as text those of the key
   * that are not among them.
   */
  static final class Reader {
    private final int columns;

    /** For each column of the key its position among the values; -1 for one that follows them. */
    private final int[] keyAt;

    Reader(Kind kind, List<Column> columns) {
      this.columns = columns.size();
      this.keyAt =
          kind.keyColumns().stream()
              .mapToInt(column -> isApart(column, columns) ? -1 : columns.indexOf(column))
              .toArray();
    }

    /** Whether a key column is returned as separate text: only PostgreSQL knows a double's. */
    static boolean isApart(Column column, List<Column> columns) {
      return column.type() == ColumnType.NUMBER || !columns.contains(column);
    }

    Stored read(Row row) {
      @Nullable Object[] values = new Object[columns];
      for (int i = 0; i < columns; i++) {
        values[i] = value(row.getValue(1 + i));
      }
      String[] key = new String[keyAt.length];
      int next = 1 + columns;
      for (int i = 0; i < key.length; i++) {
        key[i] = String.valueOf(keyAt[i] < 0 ? row.getString(next++) : values[keyAt[i]]);
      }
      return new Stored(
          Times.micros(row.getOffsetDateTime(0).toInstant()), Arrays.asList(key), values);
    }

    private static @Nullable Object value(@Nullable Object value) {
      return value instanceof OffsetDateTime time
          ? Long.valueOf(Times.micros(time.toInstant()))
          : value;
    }

    /** Rows until they take so many bytes, and one more; the rest are discarded as they arrive. */
    Collector<Row, ?, List<Stored>> within(long bytes) {
      class Rows {
        final List<Stored> read = new ArrayList<>();
        long left = bytes;
      }
      BiConsumer<Rows, Row> add =
          (rows, row) -> {
            if (rows.left > 0) {
              Stored stored = read(row);
              rows.read.add(stored);
              rows.left -= stored.size();
            } else if (rows.left > Long.MIN_VALUE) {
              rows.read.add(read(row));
              rows.left = Long.MIN_VALUE;
            }
          };
      return Collector.of(Rows::new, add, (one, other) -> one, rows -> rows.read);
    }
  }
}
