package dev.candlewick.server.candle;

import dev.candlewick.server.web.Numbers;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the statements of {@link CandleSql} take and return. Times are seconds since the epoch. */
final class PartRepository {
  /** The most rows one statement may return. */
  static final int MOST = 100_000;

  private static final long MINUTE = 60;

  private PartRepository() {}

  /** The parameters of a range. */
  static Tuple range(Series series, long from, long to, long open) {
    Tuple tuple = Tuple.of(series.instrument(), time(from), time(to), time(open));
    return series.hasExact() ? tuple.addString(series.timeframe().text()) : tuple;
  }

  static OffsetDateTime time(long seconds) {
    return OffsetDateTime.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
  }

  static Parts parts(RowSet<Row> rows, Series series) {
    List<Part> level = new ArrayList<>();
    List<Part> stored = new ArrayList<>();
    List<Part> fresh = new ArrayList<>();
    List<Part> exact = new ArrayList<>();
    Map<Long, Long> held = new HashMap<>();
    boolean stale = false;
    for (Row row : rows) {
      switch (row.getShort(9) & ~CandleSql.SOURCE) {
        case CandleSql.LEVEL -> level.add(part(row));
        case CandleSql.STORED -> stored.add(part(row));
        case CandleSql.FRESH -> fresh.add(part(row));
        case CandleSql.EXACT -> exact.add(part(row));
        case CandleSql.HELD -> held.put(row.getLong(7), row.getOffsetDateTime(0).toEpochSecond());
        default -> stale = true;
      }
    }
    stored.addAll(fresh);
    stored.removeIf(part -> !series.source().takes(part));
    // Days of the venue's own zone and of UTC are next to one another.
    exact.removeIf(part -> series.buckets().floor(part.ts()) != part.ts());
    return new Parts(level, stored, exact, stale, rows.size() > MOST, held);
  }

  /** The minutes as they are stored, from every source. */
  static List<Part> stored(RowSet<Row> rows) {
    List<Part> parts = new ArrayList<>();
    for (Row row : rows) {
      if ((row.getShort(9) & ~CandleSql.SOURCE) == CandleSql.STORED) {
        parts.add(part(row));
      }
    }
    return parts;
  }

  /** Every row, whatever its kind. */
  static List<Part> all(RowSet<Row> rows) {
    List<Part> parts = new ArrayList<>(rows.size());
    rows.forEach(row -> parts.add(part(row)));
    return parts;
  }

  /** What a mark refers to: its bucket, or minutes of its day. */
  static List<Run> marked(Row row) {
    long bucket = row.getOffsetDateTime(1).toEpochSecond();
    if (row.getBuffer(2) == null) {
      return List.of(new Run(bucket, bucket + Math.max(MINUTE, row.getInteger(0))));
    }
    long each = Math.max(MINUTE, row.getInteger(0));
    List<Run> runs = Run.of(BitSet.valueOf(row.getBuffer(2).getBytes()), bucket, MINUTE);
    return each == MINUTE
        ? runs
        : runs.stream().map(run -> new Run(run.from(), run.from() + each)).toList();
  }

  private static Part part(Row row) {
    Long trades = row.getLong(7);
    return new Part(
        row.getOffsetDateTime(0).toEpochSecond(),
        row.getDouble(1),
        row.getDouble(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getDouble(5),
        Numbers.known(row.getDouble(6)),
        trades == null ? -1 : trades,
        Numbers.known(row.getDouble(8)),
        row.getShort(9) & CandleSql.SOURCE);
  }
}
