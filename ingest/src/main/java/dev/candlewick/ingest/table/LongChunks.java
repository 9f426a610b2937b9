package dev.candlewick.ingest.table;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.PrimitiveIterator;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Room for rows that are spread thinly over the past: creating a chunk for each of thousands of
 * days would take longer than a transaction may.
 */
final class LongChunks {
  /** A transaction creates this many chunks easily. */
  private static final int FEW = 50;

  private static final String MAKE =
      "select ingest.make_long_chunks(?::regclass, array(select to_timestamp(t) from"
          + " unnest(?::int8[]) t))";

  private LongChunks() {}

  /**
   * Creates them if there may be many, in the transaction of the rows.
   *
   * @param days the length of the relation's chunks
   * @param times of the rows, in microseconds since the epoch
   */
  static void make(Connection connection, String relation, int days, LongStream times)
      throws SQLException {
    long length = days * 86_400_000_000L;
    TreeMap<Long, Long> chunks = new TreeMap<>();
    long last = Long.MIN_VALUE;
    for (PrimitiveIterator.OfLong each = times.iterator(); each.hasNext(); ) {
      long time = each.nextLong();
      long chunk = Math.floorDiv(time, length);
      if (chunk != last) {
        chunks.putIfAbsent(chunk, time);
        last = chunk;
      }
    }
    if (chunks.size() <= FEW) {
      return;
    }
    try (PreparedStatement make = connection.prepareStatement(MAKE)) {
      make.setString(1, relation);
      make.setObject(
          2, chunks.values().stream().mapToLong(t -> Math.floorDiv(t, 1_000_000L)).toArray());
      make.execute();
    }
  }
}
