package dev.candlewick.server.instrument;

import dev.candlewick.server.instrument.Instrument.Held;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** The time range with rows of an instrument: the ends of its range in every index. */
final class HeldRepository {
  private static final List<String> STORED = List.of("1m", "5m", "15m", "1h", "4h", "1d");

  /** The venue's own timeframes are found by skipping through the index from one to the next. */
  private static final String NATIVE =
      """
      with recursive own(timeframe) as (
        (select timeframe from market.candles_native
         where instrument_id = $1 and ts >= $2 and ts < $3 order by timeframe limit 1)
        union all
        select (select n.timeframe from market.candles_native n
                where n.instrument_id = $1 and n.ts >= $2 and n.ts < $3
                  and n.timeframe > own.timeframe order by n.timeframe limit 1)
        from own where own.timeframe is not null)
      select own.timeframe,
             (select n.ts from market.candles_native n
              where n.instrument_id = $1 and n.ts >= $2 and n.ts < $3
                and n.timeframe = own.timeframe order by n.ts limit 1),
             (select n.ts from market.candles_native n
              where n.instrument_id = $1 and n.ts >= $2 and n.ts < $3
                and n.timeframe = own.timeframe order by n.ts desc limit 1)
      from own where own.timeframe is not null
      """;

  private static final String ALL = all();

  private final Pool pool;

  HeldRepository(Pool pool) {
    this.pool = pool;
  }

  /** Trades, quotes and every timeframe with at least one row. */
  Future<List<Held>> of(int instrument) {
    OffsetDateTime start = Times.instant(Range.START).atOffset(ZoneOffset.UTC);
    OffsetDateTime end = Instant.now().plus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC);
    return pool.preparedQuery(ALL)
        .execute(Tuple.of(instrument, start, end))
        .map(HeldRepository::held);
  }

  private static String all() {
    StringJoiner parts = new StringJoiner("\nunion all\n");
    parts.add(ends("trades", "market.trades"));
    parts.add(ends("quotes", "market.quotes"));
    for (String timeframe : STORED) {
      parts.add(ends(timeframe, "market.candles_" + timeframe));
    }
    return parts.add("(" + NATIVE + ")").toString();
  }

  private static String ends(String of, String relation) {
    String rows =
        "select ts from %s where instrument_id = $1 and ts >= $2 and ts < $3".formatted(relation)
            + (of.equals("trades") ? " and flags & 32 <> 32" : "");
    return "select '%s', (%s order by ts limit 1), (%s order by ts desc limit 1)"
        .formatted(of, rows, rows);
  }

  private static List<Held> held(RowSet<Row> rows) {
    Map<String, Held> held = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.getOffsetDateTime(1) != null) {
        held.merge(row.getString(0), held(row), HeldRepository::union);
      }
    }
    return List.copyOf(held.values());
  }

  private static Held held(Row row) {
    return new Held(
        row.getString(0),
        Times.micros(row.getOffsetDateTime(1).toInstant()),
        Times.micros(row.getOffsetDateTime(2).toInstant()));
  }

  private static Held union(Held one, Held other) {
    return new Held(
        one.of(), Math.min(one.firstTs(), other.firstTs()), Math.max(one.lastTs(), other.lastTs()));
  }
}
