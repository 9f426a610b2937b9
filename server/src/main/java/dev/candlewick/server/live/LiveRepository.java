package dev.candlewick.server.live;

import dev.candlewick.ChangeKind;
import dev.candlewick.server.tick.LiveTickRepository;
import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.Trade;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What the live way reads: which rows were committed, and those rows. From the primary only: a
 * replica cannot tell which commits it shows.
 */
public final class LiveRepository {
  private static final String MOMENT = "select pg_current_snapshot()::text";

  /** What a snapshot does not see: what had not ended, and what had not begun. */
  private static final String SINCE =
      """
      select pg_current_snapshot()::text as moment,
             null::int8 as xid, null::int4 as id, null::int2 as kind, null::bytea as keys
      union all
      (select null, c.xid::text::int8, u.id, u.kind, u.keys
       from ingest.changes c cross join lateral unnest(c.ids, c.kinds, c.keys) as u (id, kind, keys)
       where (c.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
              or c.xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot))))
         and u.id = any ($2)
       order by c.xid)
      """;

  private final Pool pool;
  private final LiveTickRepository<Trade> trades;
  private final LiveTickRepository<Quote> quotes;

  /** The pool must be the primary's. */
  public LiveRepository(Pool primary) {
    this.pool = primary;
    this.trades = LiveTickRepository.trades(primary);
    this.quotes = LiveTickRepository.quotes(primary);
  }

  LiveTickRepository<Trade> trades() {
    return trades;
  }

  LiveTickRepository<Quote> quotes() {
    return quotes;
  }

  /** What was committed after one moment and before this one. */
  record News(String moment, List<Change> changes) {}

  /** The present moment, as {@link Moment} reads it. */
  Future<String> moment() {
    return pool.query(MOMENT).execute().map(rows -> rows.iterator().next().getString(0));
  }

  /** The changes of these instruments since a moment, those of one feed in the order it sent. */
  Future<News> since(String moment, Collection<Integer> instruments) {
    Tuple parameters = Tuple.of(moment).addArrayOfInteger(instruments.toArray(Integer[]::new));
    return pool.preparedQuery(SINCE)
        .execute(parameters)
        .map(
            rows -> {
              String now = moment;
              List<Change> changes = new ArrayList<>(rows.size() - 1);
              for (Row row : rows) {
                if (row.getString(0) == null) {
                  changes.add(change(row));
                } else {
                  now = row.getString(0);
                }
              }
              return new News(now, changes);
            });
  }

  private static Change change(Row row) {
    return new Change(
        row.getLong(1),
        row.getInteger(2),
        ChangeKind.of(row.getShort(3)),
        row.getBuffer(4).getBytes());
  }
}
