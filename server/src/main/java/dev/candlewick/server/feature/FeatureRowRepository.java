package dev.candlewick.server.feature;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Stored rows of plans and feature sets, to compare. Times are seconds since the epoch. */
final class FeatureRowRepository {
  /** How many columns of a row are told. */
  private static final int TOLD = 3;

  private static final String DIFFERENT =
      """
      select extract(epoch from coalesce(w.ts, h.ts))::int8,
        case when h.ts is null then 'is missing' when w.ts is null then 'is of no candle'
        else (select string_agg(t.told, ', ') from (
          select format('%%s is %%s instead of %%s', key, coalesce(have.value, 'null'), coalesce(want.value, 'null')) as told
          from jsonb_each_text(to_jsonb(h)) have join jsonb_each_text(to_jsonb(w)) want using (key)
          where have.value is distinct from want.value limit %3$d) t) end
      from jsonb_populate_recordset(null::record.%1$s, $1::text::jsonb) w
      full join (select * from record.%1$s where _instrument_id = $2 and %2$s = $3
                   and ts >= to_timestamp($4::float8) and ts < to_timestamp($5::float8)) h
        on h.ts = w.ts
      where w is distinct from h order by 1
      """;

  /**
   * Where retention has dropped rows of a kind, and candles of the level a timeframe is read from.
   */
  private static final String DROPPED =
      """
      select coalesce(ceil(extract(epoch from max(before) filter (where relation = 'record.' || $1))), 0)::int8,
        coalesce(ceil(extract(epoch from max(before) filter (where level =
          (select max(l) from unnest(array[60, 300, 900, 3600, 14400, 86400]) l where $2::int8 % l = 0)))), 0)::int8
      from ingest.dropped
      """;

  private final Pool pool;

  FeatureRowRepository(Pool pool) {
    this.pool = pool;
  }

  /** A row that is not what it should be, and what is wrong with it. */
  record Difference(long ts, String told) {}

  /**
   * How an instrument's stored rows differ from these.
   *
   * @param rows JSON objects, separated by commas: all that there should be from {@code from} to
   *     {@code to}
   */
  Future<List<Difference>> different(Of of, int instrument, long from, long to, String rows) {
    return pool.preparedQuery(DIFFERENT.formatted(of.kind(), of.column(), TOLD))
        .execute(Tuple.of("[" + rows + "]", instrument, of.value(), (double) from, (double) to))
        .map(
            found -> {
              List<Difference> all = new ArrayList<>();
              found.forEach(row -> all.add(new Difference(row.getLong(0), row.getString(1))));
              return all;
            });
  }

  /**
   * Which rows of a kind are meant.
   *
   * @param column the column of the key that is to be {@code value}
   */
  record Of(String kind, String column, String value) {}

  /**
   * Before these times something may be gone, 0 for nothing.
   *
   * @param rows of the kind
   * @param candles that the rows are made from
   */
  record Dropped(long rows, long candles) {}

  Future<Dropped> dropped(String kind, long seconds) {
    return pool.preparedQuery(DROPPED)
        .execute(Tuple.of(kind, seconds))
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return new Dropped(row.getLong(0), row.getLong(1));
            });
  }

  /** The stored days of a plan, by date, as candles. */
  Future<TreeMap<LocalDate, DayFeatures>> days(String plan, int instrument) {
    return FeatureRepository.days(pool, plan, instrument, LocalDate.of(9999, 1, 1));
  }
}
