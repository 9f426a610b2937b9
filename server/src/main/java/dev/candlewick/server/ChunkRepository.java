package dev.candlewick.server;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.HashMap;
import java.util.Map;

/** The size of stored data, by relation. */
final class ChunkRepository {
  private static final String SIZES =
      """
      with stored as (
        select hypertable_schema || '.' || hypertable_name as relation,
               format('%%I.%%I', hypertable_schema, hypertable_name)::regclass as of
        from timescaledb_information.hypertables
        where hypertable_schema in ('market', 'record')
        union all
        select view_schema || '.' || view_name,
               format('%%I.%%I', materialization_hypertable_schema, materialization_hypertable_name)::regclass
        from timescaledb_information.continuous_aggregates
        where view_schema = 'market')
      select case when relation like 'market.%%' then substr(relation, 8) else 'records' end as relation,
             coalesce(sum(hypertable_size(of)), 0)::int8 as all_bytes,
             coalesce(sum(%s), 0)::int8 as columnstore_bytes
      from stored group by 1
      """;

  private final Pool primary;
  private final String sizes;

  /**
   * Sizes of a relation in bytes.
   *
   * @param live of chunks, or parts of them, stored as rows
   * @param columnstore of those in the columnstore
   */
  record Sizes(long live, long columnstore) {}

  ChunkRepository(Pool primary, String edition) {
    this.primary = primary;
    this.sizes =
        SIZES.formatted(
            edition.equals("community")
                ? "(select s.after_compression_total_bytes from hypertable_compression_stats(of) s)"
                : "0");
  }

  Future<Map<String, Sizes>> sizes() {
    return primary
        .query(sizes)
        .execute()
        .map(
            rows -> {
              Map<String, Sizes> found = new HashMap<>();
              rows.forEach(
                  row -> {
                    long columnstore = row.getLong(2);
                    found.put(
                        row.getString(0), new Sizes(row.getLong(1) - columnstore, columnstore));
                  });
              return found;
            });
  }
}
