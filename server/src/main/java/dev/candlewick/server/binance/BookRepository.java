package dev.candlewick.server.binance;

import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;

/** Order books in the database: the kind {@code books}. */
public final class BookRepository {
  private static final String LATEST =
      """
      select ts, last_update_id, bids::text, asks::text
      from record_latest.books where _instrument_id = $1
      """;

  private final SqlClient client;

  public BookRepository(SqlClient client) {
    this.client = client;
  }

  /** The newest book of an instrument; an empty one if there is none. */
  Future<Book> latest(int instrument) {
    return client
        .preparedQuery(LATEST)
        .execute(Tuple.of(instrument))
        .map(
            rows -> {
              if (rows.size() == 0) {
                return Book.NONE;
              }
              Row row = rows.iterator().next();
              long ts = Times.micros(row.getOffsetDateTime(0).toInstant());
              return Book.of(ts, row.getLong(1), row.getString(2), row.getString(3));
            });
  }
}
