package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.Line;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.record.PartialCandle;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The minutes a batch touches, for the roll-up: written in the transaction of their rows. The mark
 * also carries what the batch's trades contribute to their minute, if that is cheaper than reading
 * them again. Rows that come hours after their time are marked by day: one row per instrument and
 * day for those minutes that must be read, one for those with a summary.
 */
final class DirtyMarks {
  private static final long MINUTE = 60_000_000L;
  private static final long DAY = 1_440 * MINUTE;

  /** Anything older, in microseconds, is marked by day. */
  private static final long LATE = 3 * 60 * MINUTE;

  private static final String MARK =
      """
      insert into ingest.dirty (level, bucket, ids, partials)
      values (?, timestamptz 'epoch' + ? * interval '1 microsecond', ?, ?)
      """;

  private static final String MARK_DAYS =
      """
      insert into ingest.dirty (level, bucket, ids, minutes, partials)
      select ?, timestamptz 'epoch' + d * interval '1 microsecond', array[i], m,
        case when p is not null then array[p] end
      from unnest(?::int8[], ?::int4[], ?::bytea[], ?::bytea[]) as marks (d, i, m, p)
      """;

  /** Level of a minute whose trades, or whose one-minute candle from the venue, changed. */
  private static final int TRADED = 60;

  /** Level of a minute whose candles of less than a minute changed. */
  private static final int SUB_MINUTE = 1;

  /** Storing a part of fewer trades costs as much as reading them again. */
  private static final int LEAST_TRADES = 5;

  /** Old minutes are read a day at a time, which a minute left out makes no cheaper. */
  private static final int LEAST_LATE_TRADES = 50;

  private final Map<Long, TreeMap<Integer, PartialCandle>> traded = new TreeMap<>();
  private final Map<Long, TreeMap<Integer, PartialCandle>> subMinute = new TreeMap<>();
  private final Map<Long, TreeMap<Integer, Day>> tradedDays = new TreeMap<>();
  private final Map<Long, TreeMap<Integer, Day>> subMinuteDays = new TreeMap<>();
  private final long late = System.currentTimeMillis() * 1_000 - LATE;
  private PartialCandle last = new PartialCandle();
  private int lastInstrument;
  private long lastMinute = Long.MIN_VALUE;

  /** An instrument's late minutes of a day, by their number in it; one in both has to be read. */
  private static final class Day {
    final BitSet marked = new BitSet();
    final TreeMap<Integer, PartialCandle> summarised = new TreeMap<>();
  }

  void trade(Line line, Trade trade) {
    int instrumentId = line.instrumentId();
    long minute = trade.ts() - Math.floorMod(trade.ts(), MINUTE);
    if (instrumentId != lastInstrument || minute != lastMinute) {
      keepLate();
      last = minute < late ? new PartialCandle() : mark(traded, instrumentId, minute);
      lastInstrument = instrumentId;
      lastMinute = minute;
    }
    last.add(
        trade.ts(),
        line.taken(),
        line.rank(),
        trade.price(),
        trade.size(),
        trade.side(),
        trade.flags());
  }

  /**
   * Marks the late minute whose trades have just been added. Only trades that follow one another in
   * the batch are summarised together; the roll-up counts and notices if that was not all of them.
   */
  private void keepLate() {
    if (lastMinute == Long.MIN_VALUE || lastMinute >= late) {
      return;
    }
    Day day = day(tradedDays, lastInstrument, lastMinute);
    int minute = minuteOfDay(lastMinute);
    if (last.trades() < LEAST_LATE_TRADES) {
      day.marked.set(minute);
    } else {
      day.summarised.computeIfAbsent(minute, first -> new PartialCandle()).add(last);
    }
  }

  /** A trade was changed or removed: its minute has to be read again. */
  void amended(Line line) {
    long minute = line.row().ts() - Math.floorMod(line.row().ts(), MINUTE);
    mark(traded, line.instrumentId(), minute).forget();
  }

  void candle(CandleTable.Line line) {
    long seconds = line.candle().timeframe().seconds();
    long minute = line.candle().ts() - Math.floorMod(line.candle().ts(), MINUTE);
    boolean finer = seconds > 0 && seconds < 60;
    if (!line.isMinute() && !finer) {
      return;
    }
    if (minute < late) {
      day(finer ? subMinuteDays : tradedDays, line.instrumentId(), minute)
          .marked
          .set(minuteOfDay(minute));
    } else {
      mark(finer ? subMinute : traded, line.instrumentId(), minute);
    }
  }

  private static Day day(Map<Long, TreeMap<Integer, Day>> days, int instrumentId, long minute) {
    return days.computeIfAbsent(minute - Math.floorMod(minute, DAY), its -> new TreeMap<>())
        .computeIfAbsent(instrumentId, its -> new Day());
  }

  private static int minuteOfDay(long minute) {
    return (int) (Math.floorMod(minute, DAY) / MINUTE);
  }

  private static PartialCandle mark(
      Map<Long, TreeMap<Integer, PartialCandle>> marks, int instrumentId, long minute) {
    return marks
        .computeIfAbsent(minute, its -> new TreeMap<>())
        .computeIfAbsent(instrumentId, its -> new PartialCandle());
  }

  private static byte @Nullable [] packed(PartialCandle partial) {
    return partial.isForgotten() || partial.trades() < LEAST_TRADES ? null : partial.packed();
  }

  void write(Connection connection) throws SQLException {
    if (!traded.isEmpty() || !subMinute.isEmpty()) {
      try (PreparedStatement insert = connection.prepareStatement(MARK)) {
        add(connection, insert, TRADED, traded);
        add(connection, insert, SUB_MINUTE, subMinute);
        insert.executeBatch();
      }
    }
    keepLate();
    writeDays(connection, TRADED, tradedDays);
    writeDays(connection, SUB_MINUTE, subMinuteDays);
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

  private static void writeDays(
      Connection connection, int level, Map<Long, TreeMap<Integer, Day>> marks)
      throws SQLException {
    if (marks.isEmpty()) {
      return;
    }
    List<Long> days = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    List<byte[]> minutes = new ArrayList<>();
    List<byte @Nullable []> partials = new ArrayList<>();
    marks.forEach(
        (start, its) ->
            its.forEach(
                (id, day) -> {
                  if (!day.marked.isEmpty()) {
                    days.add(start);
                    ids.add(id);
                    minutes.add(day.marked.toByteArray());
                    partials.add(null);
                  }
                  if (!day.summarised.isEmpty()) {
                    BitSet summarised = new BitSet();
                    day.summarised.keySet().forEach(summarised::set);
                    days.add(start);
                    ids.add(id);
                    minutes.add(summarised.toByteArray());
                    partials.add(packed(day.summarised.values()));
                  }
                }));
    try (PreparedStatement insert = connection.prepareStatement(MARK_DAYS)) {
      insert.setInt(1, level);
      insert.setObject(2, days.stream().mapToLong(Long::longValue).toArray());
      insert.setObject(3, ids.stream().mapToInt(Integer::intValue).toArray());
      insert.setArray(4, connection.createArrayOf("bytea", minutes.toArray(byte[][]::new)));
      insert.setArray(5, connection.createArrayOf("bytea", partials.toArray(byte[][]::new)));
      insert.executeUpdate();
    }
  }

  /** One after the other; each says where it ends. */
  private static byte[] packed(Collection<PartialCandle> partials) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    partials.forEach(partial -> out.writeBytes(partial.packed()));
    return out.toByteArray();
  }
}
