package dev.candlewick.rollup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.TreeMap;

/**
 * Marks of minutes by instrument and UTC day: old minutes are stored this way and found by
 * instrument.
 */
final class DayMarks {
  /** A day's length in seconds. */
  static final long DAY = 86_400;

  private static final String MOVE_LATE =
      """
      delete from ingest.dirty
      where level <= 60 and minutes is null and ctid = any (array(
        select ctid from ingest.dirty
        where level <= 60 and minutes is null and bucket < now() - interval '3 hours'
        order by bucket limit 10000))
      returning level, (extract(epoch from bucket))::bigint, ids
      """;

  private static final String MARK =
      """
      insert into ingest.dirty (level, bucket, ids, minutes)
      select l, to_timestamp(d), array[i], m
      from unnest(?::int4[], ?::int8[], ?::int4[], ?::bytea[]) as marks (l, d, i, m)
      """;

  private record Key(int level, int instrumentId, long day) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byDay = Long.compare(day, other.day);
      int byId = byDay != 0 ? byDay : Integer.compare(instrumentId, other.instrumentId);
      return byId != 0 ? byId : Integer.compare(level, other.level);
    }
  }

  private final TreeMap<Key, BitSet> days = new TreeMap<>();

  /** {@code minute} in epoch seconds. */
  void add(int level, int instrumentId, long minute) {
    long inDay = Math.floorMod(minute, DAY);
    days.computeIfAbsent(new Key(level, instrumentId, minute - inDay), day -> new BitSet())
        .set((int) (inDay / 60));
  }

  boolean isEmpty() {
    return days.isEmpty();
  }

  void write(Connection connection) throws SQLException {
    if (days.isEmpty()) {
      return;
    }
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      mark.setObject(1, days.keySet().stream().mapToInt(Key::level).toArray());
      mark.setObject(2, days.keySet().stream().mapToLong(Key::day).toArray());
      mark.setObject(3, days.keySet().stream().mapToInt(Key::instrumentId).toArray());
      byte[][] minutes = days.values().stream().map(BitSet::toByteArray).toArray(byte[][]::new);
      mark.setArray(4, connection.createArrayOf("bytea", minutes));
      mark.executeUpdate();
    }
  }

  /** Marks that waited until they were old, for example through an outage, become day marks. */
  static void moveLate(Connection connection) throws SQLException {
    DayMarks late = new DayMarks();
    try (PreparedStatement move = connection.prepareStatement(MOVE_LATE);
        ResultSet row = move.executeQuery()) {
      while (row.next()) {
        for (Integer id : (Integer[]) row.getArray(3).getArray()) {
          late.add(row.getInt(1), id, row.getLong(2));
        }
      }
    }
    late.write(connection);
  }
}
