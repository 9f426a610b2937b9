package dev.candlewick.server.record;

import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.server.record.RecordQuery.States;
import dev.candlewick.server.record.RecordSql.Statement;
import dev.candlewick.server.record.RecordSql.Window;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records as live data reads them: at one known moment, then by key. */
public final class LiveRecordRepository {
  private static final long DAY = 86_400_000_000L;
  private static final String BEGIN = "begin isolation level repeatable read read only";
  private static final String MOMENT = "select pg_current_snapshot()::text";

  private final Pool pool;
  private final KindRepository kinds;

  /** The identity of a changed row: its ts and the texts of its key in the table. */
  public interface Identity {
    long ts();

    List<String> key();
  }

  /**
   * Records at one moment.
   *
   * @param rows ascending
   * @param moment the {@code pg_snapshot} that says which commits they include
   * @param cut whether there may be more rows, which did not fit into memory
   */
  public record State(List<Stored> rows, String moment, boolean cut) {}

  /**
   * How a subscriber sees a kind.
   *
   * @param latest only the newest row of each key
   * @param seen only rows that match; null for all
   */
  public record View(boolean latest, @Nullable Filter seen) {}

  /** Receives the row found for the identity at this position in the list. */
  @FunctionalInterface
  public interface Found {
    void row(int place, Stored row);
  }

  /** The pool must be the primary's: a replica cannot say which commits it shows. */
  public LiveRecordRepository(Pool pool) {
    this.pool = pool;
    this.kinds = new KindRepository(pool);
  }

  /** The kind with this name, as it is now; fails with 404 {@code unknown_kind}. */
  public Future<DeclaredKind> kind(String name) {
    return kinds.find(name);
  }

  /**
   * The chosen rows of a range, or the states of a range, at one moment.
   *
   * @param range without {@code from} the latest rows are wanted, otherwise the first ones
   */
  public Future<State> moment(Choice choice, Range range, int limit) {
    Long first = range.from();
    boolean backwards = first == null;
    long from = first == null ? RecordRepository.FIRST : first;
    long to = Times.micros(Instant.now()) + DAY;
    Kind kind = choice.declared().kind();
    States states = new States(choice.latest(), null, null);
    Window window = new Window(from, to, null, backwards, limit);
    Statement page = RecordSql.page(kind, kind.columns(), states, choice.filters(), window);
    return pool.withConnection(
        connection ->
            connection
                .query(BEGIN)
                .execute()
                .compose(begun -> connection.query(MOMENT).execute())
                .map(rows -> rows.iterator().next().getString(0))
                .compose(
                    moment ->
                        read(connection, page, kind)
                            .map(
                                rows ->
                                    new State(
                                        ascending(rows, backwards),
                                        moment,
                                        RecordRepository.isCut(rows))))
                .eventually(() -> connection.query("rollback").execute()));
  }

  private static Future<List<Stored>> read(SqlConnection connection, Statement page, Kind kind) {
    return RecordRepository.inParts(connection, page, kind, kind.columns());
  }

  private static List<Stored> ascending(List<Stored> rows, boolean backwards) {
    if (backwards) {
      Collections.reverse(rows);
    }
    return rows;
  }

  /**
   * Passes on the rows with these identities, with all columns, in their order; a row that no
   * longer exists has only its ts and key.
   *
   * @param view which rows of those keys exist
   */
  public Future<Void> find(Kind kind, View view, List<? extends Identity> identities, Found found) {
    Statement byKeys =
        RecordSql.byKeys(
            kind,
            view.latest(),
            view.seen(),
            identities.stream().map(Identity::ts).toList(),
            identities.stream().map(Identity::key).toList());
    RecordRepository.Reader reader = new RecordRepository.Reader(kind, kind.columns());
    return pool.preparedQuery(byKeys.sql())
        .execute(RecordRepository.tuple(byKeys))
        .map(
            rows -> {
              for (Row row : rows) {
                int place = row.getLong(row.size() - 1).intValue() - 1;
                found.row(place, reader.read(row));
              }
              return null;
            });
  }
}
