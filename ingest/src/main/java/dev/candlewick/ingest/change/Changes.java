package dev.candlewick.ingest.change;

import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.RecordKeys;
import dev.candlewick.record.RowKeys;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows that a transaction inserts or changes, recorded in that same transaction: readers of
 * {@code ingest.changes} learn of exactly the rows that were committed.
 */
public final class Changes {
  private static final String WRITE =
      "insert into ingest.changes (ids, kinds, keys, oldest) values (?, ?, ?, ?)";

  private static final String FORGET =
      "delete from ingest.changes where at < now() - interval '10 minutes'";

  private final Map<Touched, RowKeys> touched = new LinkedHashMap<>();
  private final Map<Integer, RecordKeys> records = new LinkedHashMap<>();

  private record Touched(int instrumentId, ChangeKind kind) {}

  /** A row; {@code ts} in microseconds since the epoch, {@code id} 0 for a candle. */
  public void add(ChangeKind kind, int instrumentId, long ts, long id) {
    touched.computeIfAbsent(new Touched(instrumentId, kind), key -> new RowKeys()).add(ts, id);
  }

  /**
   * A row of a declared kind; {@code ts} in microseconds since the epoch.
   *
   * @param kind the kind's number
   * @param key the values of its key's columns in the table, as text
   */
  public void add(int kind, long ts, List<String> key) {
    records.computeIfAbsent(kind, first -> new RecordKeys()).add(ts, key);
  }

  /** Writes nothing if nothing changed. */
  public void write(Connection connection) throws SQLException {
    if (touched.isEmpty() && records.isEmpty()) {
      return;
    }
    int[] ids = new int[touched.size() + records.size()];
    short[] kinds = new short[ids.length];
    byte[][] keys = new byte[ids.length][];
    long[] oldest = new long[ids.length];
    int i = 0;
    for (Map.Entry<Touched, RowKeys> entry : touched.entrySet()) {
      ids[i] = entry.getKey().instrumentId();
      kinds[i] = entry.getKey().kind().number();
      keys[i] = entry.getValue().packed();
      oldest[i] = entry.getValue().oldest();
      i++;
    }
    for (Map.Entry<Integer, RecordKeys> entry : records.entrySet()) {
      ids[i] = -entry.getKey();
      kinds[i] = ChangeKind.RECORDS.number();
      oldest[i] = Long.MIN_VALUE;
      keys[i] = entry.getValue().packed();
      i++;
    }
    try (PreparedStatement write = connection.prepareStatement(WRITE)) {
      write.setObject(1, ids);
      write.setObject(2, kinds);
      write.setArray(3, connection.createArrayOf("bytea", keys));
      write.setObject(4, oldest);
      write.executeUpdate();
    }
  }

  /** Deletes entries older than ten minutes: every reader has seen them, or must start over. */
  public static void forgetOld(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(FORGET);
    }
  }
}
