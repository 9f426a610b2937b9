package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.server.web.Times;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a statement: ts, then the asked columns, then as text those of the key that are
 * not among them.
 */
final class StoredReader {
  private final int columns;

  /** Of each column of the key its place among the values; -1 for one that comes after them. */
  private final int[] keyAt;

  StoredReader(Kind kind, List<Column> columns) {
    this.columns = columns.size();
    this.keyAt =
        kind.keyColumns().stream()
            .mapToInt(column -> isApart(column, columns) ? -1 : columns.indexOf(column))
            .toArray();
  }

  /** Whether the column of a key comes as text of its own: only PostgreSQL knows a double's. */
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

  /** Rows until they take so many bytes, and one more; those behind are let go as they come. */
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
