package dev.candlewick.server.instrument;

import dev.candlewick.server.web.Problem;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Iterator;

/** Instruments in the database. */
public final class InstrumentRepository {
  private static final String ID =
      "select id from market.instruments where venue = $1 and symbol = $2";

  private final Pool pool;

  public InstrumentRepository(Pool pool) {
    this.pool = pool;
  }

  /** The id under which rows of this instrument are stored; fails with 404 if there is none. */
  public Future<Integer> id(String venue, String symbol) {
    return pool.preparedQuery(ID)
        .execute(Tuple.of(venue, symbol))
        .map(
            rows -> {
              Iterator<Row> found = rows.iterator();
              if (!found.hasNext()) {
                throw Problem.unknownInstrument(venue, symbol);
              }
              return found.next().getInteger(0);
            });
  }
}
