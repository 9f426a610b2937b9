package dev.candlewick.server.stream;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Streams and rejected rows in the database; the server's own streams are left out. An owner is the
 * only API key whose streams are wanted; null = everyone's.
 */
public final class StreamRepository {
  private static final String COLUMNS =
      "api_key_id, stream, epoch, committed_seq, rows, created_at, last_activity";

  private static final String LIST =
      """
      select %s from ingest.streams
      where api_key_id >= 0 and ($4::int is null or api_key_id = $4)
        and (stream, api_key_id) > ($1, $2::bigint)
      order by stream, api_key_id limit $3
      """
          .formatted(COLUMNS);

  private static final String ONE =
      """
      select %s from ingest.streams
      where api_key_id >= 0 and ($2::int is null or api_key_id = $2) and stream = $1
      order by last_activity desc limit 1
      """
          .formatted(COLUMNS);

  private static final String REJECTS =
      """
      select id, stream, seq, index, field, code, detail, at, api_key_id from ingest.rejects
      where api_key_id >= 0 and ($4::int is null or api_key_id = $4)
        and ($1::text is null or stream = $1) and id > $2
      order by id limit $3
      """;

  private final Pool pool;

  public StreamRepository(Pool pool) {
    this.pool = pool;
  }

  /**
   * Up to one more than the limit.
   *
   * @param owner the only API key whose streams are visible; null for all
   */
  Future<List<Stream>> list(StreamQuery query, @Nullable Integer owner) {
    String name = query.cursor() == null ? "" : query.cursor().text(0);
    long apiKeyId = query.cursor() == null ? 0 : query.cursor().number(1);
    return pool.preparedQuery(LIST)
        .execute(Tuple.of(name, apiKeyId, query.limit() + 1, owner))
        .map(
            rows -> {
              List<Stream> streams = new ArrayList<>(rows.size());
              rows.forEach(row -> streams.add(stream(row)));
              return streams;
            });
  }

  /** The stream with this name; of several, the one that was active last; fails with 404. */
  Future<Stream> one(String name, @Nullable Integer owner) {
    return pool.preparedQuery(ONE)
        .execute(Tuple.of(name, owner))
        .map(
            rows -> {
              if (rows.size() == 0) {
                throw new Problem(404, "unknown_stream", "no stream " + name);
              }
              return stream(rows.iterator().next());
            });
  }

  Future<List<Reject>> rejects(StreamQuery.Rejects query, @Nullable Integer owner) {
    return pool.preparedQuery(REJECTS)
        .execute(Tuple.of(query.stream(), query.after(), query.limit(), owner))
        .map(
            rows -> {
              List<Reject> rejects = new ArrayList<>(rows.size());
              rows.forEach(row -> rejects.add(reject(row)));
              return rejects;
            });
  }

  private static Stream stream(Row row) {
    return new Stream(
        row.getInteger(0),
        row.getString(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        micros(row, 5),
        micros(row, 6));
  }

  private static Reject reject(Row row) {
    return new Reject(
        row.getLong(0),
        row.getString(1),
        row.getLong(2),
        row.getInteger(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        micros(row, 7),
        row.getInteger(8));
  }

  private static long micros(Row row, int column) {
    return Times.micros(row.getOffsetDateTime(column).toInstant());
  }
}
