package dev.candlewick.server.record;

import dev.candlewick.net.Problem;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.KindJson;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The declared kinds in the database. */
public final class KindRepository {
  private static final String ONE =
      "select number, version, declaration::text from ingest.kinds where kind = $1";

  private static final String NAMES = "select kind from ingest.kinds order by kind";

  private static final String HELD =
      """
      select '%1$s', greatest(0, public.approximate_row_count('record."%1$s"'::regclass)),
        public.hypertable_size('record."%1$s"'::regclass)
          + pg_total_relation_size('record_latest."%1$s"'::regclass),
        (select r.ts from record."%1$s" r order by r.ts desc limit 1)
      """;

  private final SqlClient client;

  /**
   * What is stored of a kind.
   *
   * @param rows approximate, from the database's statistics
   * @param bytes on disk, including indexes
   * @param newest microseconds since the epoch, null without a row
   */
  record Held(String kind, long rows, long bytes, @Nullable Long newest) {}

  public KindRepository(SqlClient client) {
    this.client = client;
  }

  /** The kind with this name, as it is now; fails with 404 {@code unknown_kind}. */
  public Future<DeclaredKind> find(String name) {
    if (!Kind.isStorable(name)) {
      return Future.failedFuture(unknown(name));
    }
    return client
        .preparedQuery(ONE)
        .execute(Tuple.of(name))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw unknown(name);
              }
              Row row = rows.iterator().next();
              return new DeclaredKind(
                  KindJson.read(row.getString(2)), row.getInteger(0), row.getInteger(1));
            });
  }

  /** What is stored of each kind, by name. */
  Future<List<Held>> held() {
    return client
        .query(NAMES)
        .execute()
        .map(
            rows -> {
              List<String> each = new ArrayList<>();
              rows.forEach(row -> each.add(HELD.formatted(row.getString(0))));
              return String.join(" union all ", each);
            })
        .compose(
            all ->
                all.isEmpty()
                    ? Future.succeededFuture(List.of())
                    : client.query(all + " order by 1").execute().map(KindRepository::held));
  }

  private static List<Held> held(RowSet<Row> rows) {
    List<Held> held = new ArrayList<>();
    for (Row row : rows) {
      OffsetDateTime newest = row.getOffsetDateTime(3);
      held.add(
          new Held(
              row.getString(0),
              row.getLong(1),
              row.getLong(2),
              newest == null ? null : Long.valueOf(Times.micros(newest.toInstant()))));
    }
    return held;
  }

  private static Problem unknown(String name) {
    String cut = name.length() <= 64 ? name : name.substring(0, 64) + "...";
    return new Problem(404, "unknown_kind", "unknown kind " + cut.replaceAll("\\p{Cntrl}", "?"));
  }
}
