package dev.candlewick.server.feature;

import dev.candlewick.record.RowKeys;
import dev.candlewick.server.lead.LeadRepository;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The feature work in the database. All of it goes over one connection, which holds the lock that
 * makes this instance the one to do it: if the connection is lost, so is the lock.
 */
public final class FeatureRepository {
  /** One or several declarations, in a word that changes with any of them. */
  private static final String DECLARED =
      """
      select 'plan', plan, version, declaration::text from ingest.plans
      union all
      select 'set', name, version, declaration::text from ingest.feature_sets
      order by 1, 2
      """;

  private static final String INSTRUMENTS = "select id, venue, symbol from market.instruments";

  /** A position from minutes ago is useless: journal entries since then have been deleted. */
  private static final String POSITION =
      """
      select moment from ingest.feature_position where at > now() - interval '8 minutes'
      """;

  private static final String BEGIN_ANEW =
      """
      with forgotten as (update ingest.feature_progress set complete = false, done_to = null)
      insert into ingest.feature_position (moment) values (pg_current_snapshot()::text)
      on conflict (one) do update set moment = excluded.moment, at = now()
      returning moment
      """;

  private static final String SAVE_POSITION =
      "update ingest.feature_position set moment = $1, at = $2";

  /** Candles that changed: a part of what a snapshot did not see. */
  private static final String SINCE =
      """
      select moment, at, more, id, keys
      from ingest.changes_since($1::text::pg_snapshot)
      where moment is not null or kind = 3
      """;

  /** So many times, and the rest of a part, are corrected before more are read. */
  private static final int MOST_CHANGED = 20_000;

  /** Parts without candles that are read in a row. */
  private static final int MOST_PARTS = 100;

  private static final String JOBS =
      """
      select of, name, instrument_id, version, first_ts, done_to, complete
      from ingest.feature_progress order by of, name, instrument_id
      """;

  private static final String SAVE_JOB =
      """
      insert into ingest.feature_progress as p
        (of, name, instrument_id, version, first_ts, done_to, complete)
      values ($1, $2, $3, $4, to_timestamp($5::float8), to_timestamp($6::float8), $7)
      on conflict (of, name, instrument_id) do update set
        version = excluded.version, first_ts = excluded.first_ts, done_to = excluded.done_to,
        complete = excluded.complete
      """;

  private static final String DAYS =
      """
      select date, (extract(epoch from ts))::int8, open, high, low, close, volume,
        case when date >= $3 then features::text else '{}' end
      from ingest.plan_days where plan = $1 and instrument_id = $2 order by date
      """;

  private static final String SAVE_DAYS =
      """
      insert into ingest.plan_days
      select $1, $2, d.date, to_timestamp(d.ts), d.open, d.high, d.low, d.close, d.volume, d.features
      from jsonb_to_recordset($3::text::jsonb) as d
        (date date, ts int8, open float8, high float8, low float8, close float8, volume float8,
         features jsonb)
      on conflict (plan, instrument_id, date) do update set
        (ts, open, high, low, close, volume, features) = row (excluded.ts, excluded.open,
          excluded.high, excluded.low, excluded.close, excluded.volume, excluded.features)
      """;

  private static final String DROPPED =
      """
      select coalesce(max(ceil(extract(epoch from before))), 0)::int8 from ingest.dropped
      where relation = 'market.candles_1m'
      """;

  private static final String REMOVE_DAYS =
      """
      delete from ingest.plan_days where plan = $1 and instrument_id = $2
        and date in (select value::date from jsonb_array_elements_text($3::text::jsonb))
      """;

  private static final String PUT = "select ingest.put_records($1, $2::text::jsonb)";
  private static final String REMOVE = "select ingest.remove_records($1, $2::text::jsonb)";

  private final PgConnection connection;

  private FeatureRepository(PgConnection connection) {
    this.connection = connection;
  }

  /** Decides which instance does the work; the pool must be the primary's. */
  public static LeadRepository<FeatureRepository> lead(Vertx vertx, Pool primary) {
    return new LeadRepository<>(vertx, primary, 740_181, FeatureRepository::new);
  }

  record Declared(String of, String name, int version, String declaration) {}

  Future<List<Declared>> declared() {
    return connection
        .query(DECLARED)
        .execute()
        .map(
            rows -> {
              List<Declared> all = new ArrayList<>();
              for (Row row : rows) {
                all.add(
                    new Declared(
                        row.getString(0), row.getString(1), row.getInteger(2), row.getString(3)));
              }
              return all;
            });
  }

  record Named(int id, String venue, String symbol) {}

  Future<List<Named>> instruments() {
    return connection
        .query(INSTRUMENTS)
        .execute()
        .map(
            rows -> {
              List<Named> all = new ArrayList<>();
              for (Row row : rows) {
                all.add(new Named(row.getInteger(0), row.getString(1), row.getString(2)));
              }
              return all;
            });
  }

  /** Where reading the journal stopped; if that is too long ago, everything is filled in again. */
  Future<String> position() {
    return connection
        .query(POSITION)
        .execute()
        .compose(
            rows ->
                rows.size() > 0
                    ? Future.succeededFuture(rows)
                    : connection.query(BEGIN_ANEW).execute())
        .map(rows -> rows.iterator().next().getString(0));
  }

  Future<Void> savePosition(News news) {
    return connection
        .preparedQuery(SAVE_POSITION)
        .execute(Tuple.of(news.moment(), news.at()))
        .mapEmpty();
  }

  /**
   * What changed up to a moment.
   *
   * @param at when the last of it was written
   * @param parts how many parts of the journal it is
   * @param more whether there is more
   * @param changed times of candles by instrument, in seconds since the epoch
   */
  record News(
      String moment,
      OffsetDateTime at,
      int parts,
      boolean more,
      Map<Integer, TreeSet<Long>> changed) {}

  /** What changed since a moment, as far as it fits into memory. */
  Future<News> since(String moment) {
    return since(moment, 1, new TreeMap<>());
  }

  private Future<News> since(String moment, int part, Map<Integer, TreeSet<Long>> changed) {
    return connection
        .preparedQuery(SINCE)
        .execute(Tuple.of(moment))
        .compose(
            rows -> {
              News news = new News(moment, OffsetDateTime.MIN, part, false, changed);
              for (Row row : rows) {
                if (row.getString(0) == null) {
                  add(changed, row.getInteger(3), row.getBuffer(4).getBytes());
                } else {
                  OffsetDateTime at = row.getOffsetDateTime(1);
                  news = new News(row.getString(0), at, part, row.getBoolean(2), changed);
                }
              }
              int found = changed.values().stream().mapToInt(TreeSet::size).sum();
              return news.more() && found < MOST_CHANGED && part < MOST_PARTS
                  ? since(news.moment(), part + 1, changed)
                  : Future.succeededFuture(news);
            });
  }

  private static void add(Map<Integer, TreeSet<Long>> changed, int instrument, byte[] keys) {
    TreeSet<Long> times = changed.computeIfAbsent(instrument, id -> new TreeSet<>());
    RowKeys.read(keys, (ts, id) -> times.add(Math.floorDiv(ts, 1_000_000L)));
  }

  Future<List<Job>> jobs() {
    return connection
        .query(JOBS)
        .execute()
        .map(
            rows -> {
              List<Job> jobs = new ArrayList<>();
              for (Row row : rows) {
                jobs.add(
                    new Job(
                        row.getString(0),
                        row.getString(1),
                        row.getInteger(2),
                        row.getInteger(3),
                        seconds(row, 4),
                        seconds(row, 5),
                        row.getBoolean(6)));
              }
              return jobs;
            });
  }

  private static @Nullable Long seconds(Row row, int column) {
    return row.getOffsetDateTime(column) == null
        ? null
        : Long.valueOf(row.getOffsetDateTime(column).toEpochSecond());
  }

  Future<Void> save(List<Job> jobs) {
    List<Tuple> tuples = jobs.stream().map(FeatureRepository::tuple).toList();
    return tuples.isEmpty()
        ? Future.succeededFuture()
        : connection.preparedQuery(SAVE_JOB).executeBatch(tuples).mapEmpty();
  }

  private static Tuple tuple(Job job) {
    Long first = job.first();
    Long done = job.doneTo();
    Tuple tuple = Tuple.of(job.of(), job.name(), job.instrument(), job.version());
    tuple.addDouble(first == null ? null : Double.valueOf(first));
    tuple.addDouble(done == null ? null : Double.valueOf(done));
    return tuple.addBoolean(job.complete());
  }

  /** The stored days of a plan, by date; those before a date only as candles. */
  Future<TreeMap<LocalDate, DayFeatures>> days(String plan, int instrument, LocalDate whole) {
    return days(connection, plan, instrument, whole);
  }

  /** The same on any connection. */
  static Future<TreeMap<LocalDate, DayFeatures>> days(
      SqlClient client, String plan, int instrument, LocalDate whole) {
    return client
        .preparedQuery(DAYS)
        .execute(Tuple.of(plan, instrument, whole))
        .map(
            rows -> {
              TreeMap<LocalDate, DayFeatures> days = new TreeMap<>();
              for (Row row : rows) {
                days.put(
                    row.getLocalDate(0),
                    new DayFeatures(
                        row.getLocalDate(0),
                        row.getLong(1),
                        row.getDouble(2),
                        row.getDouble(3),
                        row.getDouble(4),
                        row.getDouble(5),
                        row.getDouble(6),
                        new JsonObject(row.getString(7))));
              }
              return days;
            });
  }

  /** Before this time, in epoch seconds, minutes have been dropped. */
  Future<Long> dropped() {
    return connection.query(DROPPED).execute().map(rows -> rows.iterator().next().getLong(0));
  }

  Future<Void> saveDays(String plan, int instrument, List<DayFeatures> days) {
    JsonArray rows = new JsonArray();
    for (DayFeatures day : days) {
      rows.add(
          new JsonObject()
              .put("date", day.date().toString())
              .put("ts", day.ts())
              .put("open", day.open())
              .put("high", day.high())
              .put("low", day.low())
              .put("close", day.close())
              .put("volume", day.volume())
              .put("features", day.features()));
    }
    return connection
        .preparedQuery(SAVE_DAYS)
        .execute(Tuple.of(plan, instrument, rows.encode()))
        .mapEmpty();
  }

  Future<Void> removeDays(String plan, int instrument, Collection<LocalDate> dates) {
    JsonArray texts = new JsonArray();
    dates.forEach(date -> texts.add(date.toString()));
    return connection
        .preparedQuery(REMOVE_DAYS)
        .execute(Tuple.of(plan, instrument, texts.encode()))
        .mapEmpty();
  }

  /** Deletes rows of a kind by their keys and times; missing ones are ignored. */
  Future<Void> remove(String kind, List<JsonObject> rows) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : connection
            .preparedQuery(REMOVE)
            .execute(Tuple.of(kind, new JsonArray(rows).encode()))
            .mapEmpty();
  }

  /** Writes rows of a kind, by its table's column names; unchanged ones stay. */
  Future<Void> put(String kind, List<JsonObject> rows) {
    return put(kind, rows.stream().map(JsonObject::encode).collect(Collectors.joining(",")));
  }

  /** The same of rows as JSON objects, separated by commas. */
  Future<Void> put(String kind, String rows) {
    return rows.isEmpty()
        ? Future.succeededFuture()
        : connection.preparedQuery(PUT).execute(Tuple.of(kind, "[" + rows + "]")).mapEmpty();
  }

  /** All or nothing. */
  Future<Void> together(Supplier<Future<Void>> steps) {
    return connection
        .begin()
        .compose(
            transaction ->
                steps
                    .get()
                    .compose(
                        done -> transaction.commit(),
                        failed ->
                            transaction
                                .rollback()
                                .transform(rolledBack -> Future.failedFuture(failed))));
  }
}
