package dev.candlewick.ingest;

import dev.candlewick.record.PartialCandle;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The minutes that a batch touches, for the roll-up: written in the transaction of their rows. With
 * a mark goes what the batch's trades are of their minute, where that is less work than to read
 * them again.
 */
final class DirtyMarks {
  private static final long MINUTE = 60_000_000L;

  private static final String MARK =
      """
      insert into ingest.dirty (level, bucket, ids, partials)
      values (?, timestamptz 'epoch' + ? * interval '1 microsecond', ?, ?)
      """;

  /** Level of a minute whose trades, or whose one-minute candle from the venue, changed. */
  private static final int TRADED = 60;

  /** Level of a minute whose candles of less than a minute changed. */
  private static final int SUB_MINUTE = 1;

  /** To keep a part of fewer trades costs as much as to read them again. */
  private static final int LEAST_TRADES = 5;

  private final Map<Long, TreeMap<Integer, PartialCandle>> traded = new TreeMap<>();
  private final Map<Long, TreeMap<Integer, PartialCandle>> subMinute = new TreeMap<>();
  private PartialCandle last = new PartialCandle();
  private int lastInstrument;
  private long lastMinute = Long.MIN_VALUE;

  void trade(Line line, Trade trade) {
    int instrumentId = line.instrumentId();
    long minute = trade.ts() - Math.floorMod(trade.ts(), MINUTE);
    if (instrumentId != lastInstrument || minute != lastMinute) {
      last = mark(traded, instrumentId, minute);
      lastInstrument = instrumentId;
      lastMinute = minute;
    }
    last.add(
        trade.ts(),
        line.taken(),
        line.id(),
        trade.price(),
        trade.size(),
        trade.side(),
        trade.flags());
  }

  void candle(CandleTable.Line line) {
    long seconds = line.candle().timeframe().seconds();
    long minute = line.candle().ts() - Math.floorMod(line.candle().ts(), MINUTE);
    if (line.isMinute()) {
      mark(traded, line.instrumentId(), minute);
    } else if (seconds > 0 && seconds < 60) {
      mark(subMinute, line.instrumentId(), minute);
    }
  }

  private static PartialCandle mark(
      Map<Long, TreeMap<Integer, PartialCandle>> marks, int instrumentId, long minute) {
    return marks
        .computeIfAbsent(minute, its -> new TreeMap<>())
        .computeIfAbsent(instrumentId, its -> new PartialCandle());
  }

  private static byte @Nullable [] packed(PartialCandle partial) {
    return partial.trades() < LEAST_TRADES ? null : partial.packed();
  }

  void write(Connection connection) throws SQLException {
    if (traded.isEmpty() && subMinute.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(MARK)) {
      add(connection, insert, TRADED, traded);
      add(connection, insert, SUB_MINUTE, subMinute);
      insert.executeBatch();
    }
  }

  private static void add(
      Connection connection,
      PreparedStatement insert,
      int level,
      Map<Long, TreeMap<Integer, PartialCandle>> marks)
      throws SQLException {
    for (Map.Entry<Long, TreeMap<Integer, PartialCandle>> minute : marks.entrySet()) {
      TreeMap<Integer, PartialCandle> its = minute.getValue();
      insert.setInt(1, level);
      insert.setLong(2, minute.getKey());
      insert.setObject(3, its.keySet().stream().mapToInt(Integer::intValue).toArray());
      byte[][] partials = its.values().stream().map(DirtyMarks::packed).toArray(byte[][]::new);
      insert.setArray(4, connection.createArrayOf("bytea", partials));
      insert.addBatch();
    }
  }
}
