package dev.candlewick.server.record;

import dev.candlewick.net.Problem;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.record.KindJson;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;

/** The declared kinds in the database. */
public final class KindRepository {
  private static final String ONE =
      "select number, version, declaration::text from ingest.kinds where kind = $1";

  private final SqlClient client;

  public KindRepository(SqlClient client) {
    this.client = client;
  }

  /** The kind of this name, as it is now; fails with 404 {@code unknown_kind}. */
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

  private static Problem unknown(String name) {
    String cut = name.length() <= 64 ? name : name.substring(0, 64) + "...";
    return new Problem(404, "unknown_kind", "unknown kind " + cut.replaceAll("\\p{Cntrl}", "?"));
  }
}
