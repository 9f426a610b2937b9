package dev.candlewick.ingest;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The minutes that a batch touches, for the roll-up: written in the transaction of their rows. */
final class DirtyMarks {
  private static final long MINUTE = 60_000_000L;

  private static final String MARK =
      """
      insert into ingest.dirty (level, bucket, ids)
      values (?, timestamptz 'epoch' + ? * interval '1 microsecond', ?)
      """;

  /** Level of a minute whose trades, or whose one-minute candle from the venue, changed. */
  private static final int TRADED = 60;

  /** Level of a minute whose candles of less than a minute changed. */
  private static final int SUB_MINUTE = 1;

  private final Map<Long, TreeSet<Integer>> traded = new TreeMap<>();
  private final Map<Long, TreeSet<Integer>> subMinute = new TreeMap<>();

  void trade(int instrumentId, long ts) {
    mark(traded, instrumentId, ts);
  }

  void candle(CandleTable.Line line) {
    long seconds = line.candle().timeframe().seconds();
    if (line.isMinute()) {
      mark(traded, line.instrumentId(), line.candle().ts());
    } else if (seconds > 0 && seconds < 60) {
      mark(subMinute, line.instrumentId(), line.candle().ts());
    }
  }

  private static void mark(Map<Long, TreeSet<Integer>> marks, int instrumentId, long ts) {
    marks
        .computeIfAbsent(ts - Math.floorMod(ts, MINUTE), minute -> new TreeSet<>())
        .add(instrumentId);
  }

  void write(Connection connection) throws SQLException {
    if (traded.isEmpty() && subMinute.isEmpty()) {
      return;
    }
    try (PreparedStatement mark = connection.prepareStatement(MARK)) {
      add(mark, TRADED, traded);
      add(mark, SUB_MINUTE, subMinute);
      mark.executeBatch();
    }
  }

  private static void add(PreparedStatement mark, int level, Map<Long, TreeSet<Integer>> marks)
      throws SQLException {
    for (Map.Entry<Long, TreeSet<Integer>> minute : marks.entrySet()) {
      mark.setInt(1, level);
      mark.setLong(2, minute.getKey());
      mark.setObject(3, minute.getValue().stream().mapToInt(Integer::intValue).toArray());
      mark.addBatch();
    }
  }
}
