package dev.candlewick.server.feature;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.record.Kind.IncompatibleException;
import dev.candlewick.record.KindJson;
import dev.candlewick.record.Retention;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declared plans and feature sets, and their kinds of record. */
public final class DeclarationRepository {
  /** At repeatable read, which reads use, the later of two concurrent changes would fail. */
  private static final String FOLLOW_ONE_ANOTHER = "set transaction isolation level read committed";

  /** Kinds are changed one at a time, whichever way. */
  private static final String LOCK = "select pg_advisory_xact_lock(7307236712650534771)";

  private static final String KIND = "select declaration::text from ingest.kinds where kind = $1";
  private static final String SAVE_KIND = "select ingest.save_kind($1::text::jsonb)";

  private static final Map<String, String> SAVE =
      Map.of(Job.PLAN, save("plans", "plan"), Job.SET, save("feature_sets", "name"));

  /** If days are counted differently, old rows would be left behind and never corrected. */
  private static final String FORGET_DAYS = "delete from ingest.plan_days where plan = $1";

  private static final String FORGET_ROWS = "delete from %s.daily_features where plan = $1";

  /** Rows of a version from a time on, oldest first. */
  private static final String DROP_VERSION =
      """
      with old as materialized (
        select _instrument_id, ts from record.%1$s where feature_version = $1 and ts >= $2
        order by ts limit 10000),
      gone as (
        delete from record.%1$s r using old
        where r._instrument_id = old._instrument_id and r.feature_version = $1 and r.ts = old.ts
        returning r.ts)
      select count(*), max(ts) from gone
      """;

  private static final String DROP_STATES =
      "delete from record_latest.%s where feature_version = $1";

  private static final String FIND =
      """
      select d.name, d.version, d.declaration::text,
        count(p.instrument_id)::int4 as instruments,
        coalesce(bool_and(p.complete and p.version = d.version), true) as complete,
        coalesce(avg(case
          when p.version <> d.version then 0
          when p.complete or p.first_ts is null then p.complete::int
          else extract(epoch from p.done_to - p.first_ts)
               / greatest(1, extract(epoch from now() - p.first_ts)) end), 0)::float8 as progress
      from (select plan as name, version, declaration from ingest.plans where $1 = 'plan'
            union all
            select name, version, declaration from ingest.feature_sets where $1 = 'set') d
      left join ingest.feature_progress p on p.of = $1 and p.name = d.name
      where $2::text is null or d.name = $2
      group by 1, 2, 3 order by 1
      """;

  private final Pool reads;
  private final Pool primary;

  /**
   * Creates the repository.
   *
   * @param reads on any database, even a replica
   * @param primary for writes
   */
  public DeclarationRepository(Pool reads, Pool primary) {
    this.reads = reads;
    this.primary = primary;
  }

  private static String save(String table, String name) {
    return """
    insert into ingest.%1$s as d (%2$s, declaration) values ($1, $2::text::jsonb)
    on conflict (%2$s) do update set
      version = d.version + 1, declaration = excluded.declaration, changed_at = now()
    where d.declaration <> excluded.declaration
    returning d.version
    """
        .formatted(table, name);
  }

  /**
   * A stored declaration and its progress.
   *
   * @param progress 0 to 1
   */
  record Kept(
      String name,
      JsonObject declaration,
      int version,
      int instruments,
      boolean complete,
      double progress) {}

  /** Those of a sort: {@link Job#PLAN} or {@link Job#SET}; only the one with this name if given. */
  Future<List<Kept>> find(String of, @Nullable String name) {
    return find(reads, of, name);
  }

  private static Future<List<Kept>> find(Pool pool, String of, @Nullable String name) {
    return pool.preparedQuery(FIND)
        .execute(Tuple.of(of, name))
        .map(
            rows -> {
              List<Kept> found = new ArrayList<>();
              for (Row row : rows) {
                boolean begun = row.getInteger(3) > 0;
                found.add(
                    new Kept(
                        row.getString(0),
                        new JsonObject(row.getString(2)),
                        row.getInteger(1),
                        row.getInteger(3),
                        begun && row.getBoolean(4),
                        row.getDouble(5)));
              }
              return found;
            });
  }

  /**
   * The result of a declaration.
   *
   * @param made whether it is new
   */
  record Saved(boolean made, Kept kept) {}

  Future<Saved> save(Plan plan, JsonObject declaration) {
    return saved(
        Job.PLAN,
        plan.name(),
        declaration,
        connection ->
            widen(connection, PlanWork.KIND, DeclarationRepository::days, columns(plan))
                .compose(done -> forgetDays(connection, plan.name(), declaration)));
  }

  Future<Saved> save(FeatureSet set, JsonObject declaration) {
    return saved(
        Job.SET,
        set.name(),
        declaration,
        connection ->
            ownKind(connection, set.name())
                .compose(
                    own -> widen(connection, set.name(), () -> rows(set), numbers(set.columns()))));
  }

  private interface Steps {
    Future<Void> on(SqlConnection connection);
  }

  private Future<Saved> saved(String of, String name, JsonObject declaration, Steps steps) {
    return primary
        .withTransaction(
            connection ->
                connection
                    .query(FOLLOW_ONE_ANOTHER)
                    .execute()
                    .compose(done -> connection.query(LOCK).execute())
                    .compose(done -> steps.on(connection))
                    .compose(
                        done ->
                            connection
                                .preparedQuery(String.valueOf(SAVE.get(of)))
                                .execute(Tuple.of(name, declaration.encode())))
                    .map(rows -> rows.size() > 0 && rows.iterator().next().getInteger(0) == 1))
        .compose(made -> find(primary, of, name).map(found -> new Saved(made, found.get(0))));
  }

  /**
   * Drops the rows of a version that the set no longer has, part by part; returns how many there
   * were.
   */
  Future<Long> dropVersion(String set, String version) {
    return find(primary, Job.SET, set)
        .compose(
            found -> {
              if (found.isEmpty()) {
                throw new Problem(404, "unknown_feature_set", "no feature set " + set);
              }
              if (found.get(0).declaration().getString("version", "1").equals(version)) {
                throw new Problem(
                    409, "version_in_use", "version " + version + " is the one that is kept");
              }
              return drop(set, version, OffsetDateTime.MIN, 0);
            })
        .compose(
            dropped ->
                primary
                    .preparedQuery(DROP_STATES.formatted(set))
                    .execute(Tuple.of(version))
                    .map(dropped));
  }

  private Future<Long> drop(String set, String version, OffsetDateTime from, long before) {
    return primary
        .preparedQuery(DROP_VERSION.formatted(set))
        .execute(Tuple.of(version, from))
        .compose(
            rows -> {
              Row row = rows.iterator().next();
              long dropped = row.getLong(0);
              return dropped == 0
                  ? Future.succeededFuture(before)
                  : drop(set, version, row.getOffsetDateTime(1), before + dropped);
            });
  }

  /** The rows that follow from declarations, read where those are. */
  FeatureRowRepository rows() {
    return new FeatureRowRepository(reads);
  }

  private static Future<Void> forgetDays(
      SqlConnection connection, String plan, JsonObject declaration) {
    return connection
        .preparedQuery("select declaration::text from ingest.plans where plan = $1")
        .execute(Tuple.of(plan))
        .compose(
            rows -> {
              Iterator<Row> found = rows.iterator();
              if (!found.hasNext()) {
                return Future.succeededFuture();
              }
              JsonObject before = new JsonObject(found.next().getString(0));
              Tuple name = Tuple.of(plan);
              boolean sameDays =
                  List.of("timezone", "day_start", "date", "days", "instruments").stream()
                      .allMatch(
                          field ->
                              String.valueOf(before.getValue(field))
                                  .equals(String.valueOf(declaration.getValue(field))));
              if (sameDays) {
                return Future.succeededFuture();
              }
              return connection
                  .preparedQuery(FORGET_DAYS)
                  .execute(name)
                  .compose(
                      done ->
                          connection.preparedQuery(FORGET_ROWS.formatted("record")).execute(name))
                  .compose(
                      done ->
                          connection
                              .preparedQuery(FORGET_ROWS.formatted("record_latest"))
                              .execute(name))
                  .mapEmpty();
            });
  }

  /** Fails with 409 if a kind with that name does not belong to a feature set. */
  private static Future<Void> ownKind(SqlConnection connection, String name) {
    return connection
        .preparedQuery(
            """
            select exists (select from ingest.kinds where kind = $1)
              and not exists (select from ingest.feature_sets where name = $1)
            """)
        .execute(Tuple.of(name))
        .map(
            rows -> {
              if (rows.iterator().next().getBoolean(0) || Kind.isTaken(name)) {
                throw new Problem(409, "incompatible_kind", "kind " + name + " is taken");
              }
              return null;
            });
  }

  private interface First {
    Kind kind();
  }

  private static Future<Void> widen(
      SqlConnection connection, String name, First first, List<Column> columns) {
    return connection
        .preparedQuery(KIND)
        .execute(Tuple.of(name))
        .compose(
            rows -> {
              Iterator<Row> found = rows.iterator();
              Kind before = found.hasNext() ? KindJson.read(found.next().getString(0)) : null;
              Kind after = widened(before == null ? first.kind() : before, columns, first);
              return after.equals(before)
                  ? Future.<Void>succeededFuture()
                  : connection
                      .preparedQuery(SAVE_KIND)
                      .execute(Tuple.of(KindJson.write(after)))
                      .mapEmpty();
            });
  }

  private static Kind widened(Kind kind, List<Column> columns, First first) {
    try {
      List<Column> all = new ArrayList<>(kind.columns());
      for (Column column : columns) {
        Column there = kind.column(column.name()).orElse(null);
        if (there == null) {
          all.add(column);
        } else if (there.type() != column.type()) {
          throw new IllegalArgumentException(
              "column " + column.name() + " is taken, its type is " + there.type().word());
        }
      }
      Duration retention = first.kind().retention();
      boolean days = kind.name().equals(PlanWork.KIND);
      return kind.changedTo(
          new Kind(
              kind.name(), kind.key(), all, days ? kind.retention() : retention, kind.chunk()));
    } catch (IllegalArgumentException | IncompatibleException e) {
      throw new Problem(409, "incompatible_kind", kind.name() + ": " + e.getMessage());
    }
  }

  private static Kind days() {
    return new Kind(
        PlanWork.KIND,
        List.of("plan", "venue", "symbol", "date"),
        List.of(
            required("plan", ColumnType.TEXT),
            required("venue", ColumnType.VENUE),
            required("symbol", ColumnType.SYMBOL),
            required("date", ColumnType.TEXT)),
        Retention.FOR_EVER,
        Duration.ofDays(365));
  }

  private static Kind rows(FeatureSet set) {
    String days = set.retention();
    return new Kind(
        set.name(),
        List.of("venue", "symbol", "feature_version"),
        List.of(
            required("venue", ColumnType.VENUE),
            required("symbol", ColumnType.SYMBOL),
            required("feature_version", ColumnType.TEXT),
            new Column("completeness", ColumnType.NUMBER, false, List.of(), null, null)),
        days.equals("none")
            ? Retention.FOR_EVER
            : Duration.ofDays(Integer.parseInt(days.substring(0, days.length() - 1))),
        Duration.ofDays(30));
  }

  private static Column required(String name, ColumnType type) {
    return new Column(name, type, true, List.of(), null, null);
  }

  private static List<Column> numbers(List<String> names) {
    return names.stream()
        .map(name -> new Column(name, ColumnType.NUMBER, false, List.of(), null, null))
        .toList();
  }

  private static List<Column> columns(Plan plan) {
    List<Column> columns = new ArrayList<>(numbers(plan.columns().numbers()));
    for (String name : plan.columns().directions()) {
      columns.add(
          new Column(name, ColumnType.TEXT, false, List.of("up", "down", "none"), null, null));
    }
    return columns;
  }
}
