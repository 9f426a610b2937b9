package dev.candlewick.server.audit;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Queries the database, one statement at a time. */
public final class AuditRepository {
  private static final String INSTRUMENTS =
      """
      select id, venue, symbol from market.instruments
      where ($1::text is null or venue = $1) and ($2::text is null or symbol = $2)
        and (listed or $3)
      order by venue, symbol
      """;

  private static final String EXISTS = "select to_regclass($1) is not null";

  private static final String TIMED_OUT = "57014";

  private final Pool pool;

  public AuditRepository(Pool pool) {
    this.pool = pool;
  }

  /** An instrument to audit. */
  record Instrument(int id, String venue, String symbol) {}

  /** Where an example is: {@code ts} in milliseconds since the epoch. */
  record Example(@Nullable String venue, @Nullable String symbol, long ts, String detail) {}

  /** A period that has rows. */
  record Extent(OffsetDateTime first, OffsetDateTime last) {}

  /** Whether a statement was cancelled because it ran longer than allowed. */
  static boolean tookTooLong(Throwable cause) {
    return cause instanceof PgException sql && TIMED_OUT.equals(sql.getSqlState());
  }

  Future<List<Instrument>> instruments(AuditQuery query) {
    return pool.preparedQuery(INSTRUMENTS)
        .execute(Tuple.of(query.venue(), query.symbol(), query.records()))
        .map(
            rows -> {
              List<Instrument> found = new ArrayList<>();
              rows.forEach(
                  row ->
                      found.add(
                          new Instrument(row.getInteger(0), row.getString(1), row.getString(2))));
              return found;
            });
  }

  Future<Boolean> exists(String relation) {
    return pool.preparedQuery(EXISTS)
        .execute(Tuple.of(relation))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  /**
   * From the first to the last row of an instrument, or of all if {@code id} is null; null if there
   * are none.
   */
  Future<@Nullable Extent> extent(List<String> relations, @Nullable Integer id) {
    String where = id == null ? "" : " where instrument_id = " + id;
    return pool.query(
            "select min(first), max(last) from ("
                + each(relations, "select min(ts) as first, max(ts) as last from %s" + where)
                + ") held")
        .execute()
        .map(
            rows -> {
              Row row = rows.iterator().next();
              OffsetDateTime first = row.getOffsetDateTime(0);
              return first == null ? null : new Extent(first, row.getOffsetDateTime(1));
            });
  }

  /** When the next row is, starting at a time; or null. */
  Future<@Nullable OffsetDateTime> next(
      List<String> relations, @Nullable Integer id, OffsetDateTime from) {
    String where = " where ts >= $1" + (id == null ? "" : " and instrument_id = " + id);
    return pool.preparedQuery(
            "select min(ts) from ("
                + each(relations, "select min(ts) as ts from %s" + where)
                + ") held")
        .execute(Tuple.of(from))
        .map(rows -> rows.iterator().next().getOffsetDateTime(0));
  }

  private static String each(List<String> relations, String query) {
    return relations.stream().map(query::formatted).collect(Collectors.joining(" union all "));
  }

  /** How many rows there are, and how many of them fail each check, in order. */
  Future<long[]> count(Scan scan, @Nullable Object scope, OffsetDateTime from, OffsetDateTime to) {
    return pool.preparedQuery(scan.countSql())
        .execute(Tuple.of(scope, from, to))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return LongStream.range(0, row.size())
                  .map(i -> row.getLong(Math.toIntExact(i)))
                  .toArray();
            });
  }

  /** The first rows that fail a check. */
  Future<List<Example>> examples(
      Scan scan,
      Check check,
      @Nullable Object scope,
      OffsetDateTime from,
      OffsetDateTime to,
      int most) {
    return pool.preparedQuery(scan.exampleSql(check))
        .execute(Tuple.of(scope, from, to, most))
        .map(
            rows -> {
              List<Example> found = new ArrayList<>();
              for (Row row : rows) {
                found.add(
                    new Example(
                        row.getString(0), row.getString(1), row.getLong(2), row.getString(3)));
              }
              return found;
            });
  }
}
