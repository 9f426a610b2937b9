package dev.candlewick.rollup;

import dev.candlewick.ingest.change.Changes;
import dev.candlewick.record.ChangeKind;
import dev.candlewick.record.PartialCandle;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The (instrument, minute) pairs to roll up in one pass, taken from {@code ingest.dirty}. A mark is
 * taken once its minute is closed; a trade that comes later leaves its own mark.
 */
final class DirtyMinutes {
  private static final String TAKE =
      """
      with closed as (
        select bucket, sum(sum(cardinality(ids))) over (order by bucket) - sum(cardinality(ids)) as before
        from ingest.dirty
        where level <= 60 and minutes is null and bucket < now() - interval '61 seconds'
        group by bucket)
      delete from ingest.dirty d
      using closed c
      where d.bucket = c.bucket and d.level <= 60 and d.minutes is null and c.before < ?
      returning d.level, (extract(epoch from d.bucket))::bigint, d.ids, d.partials
      """;

  private static final String DAYS =
      """
      select level, (extract(epoch from bucket))::bigint, ids[1], minutes, partials[1], ctid::text
      from ingest.dirty
      where minutes is not null and level <= 60 and bucket < to_timestamp(?)
      order by bucket desc, ids[1] desc limit 2000
      """;

  private static final String TAKE_DAYS =
      "delete from ingest.dirty where level <= 60 and ctid = any (?::tid[])";

  private static final String PUT_BACK =
      """
      insert into ingest.dirty (level, bucket, ids)
      select ?, to_timestamp(p.minute), array_agg(p.id)
      from unnest(?::int4[], ?::int8[]) as p (id, minute)
      group by p.minute
      """;

  /** One instrument's minute; {@code minute} in epoch seconds. */
  record Pair(int instrumentId, long minute) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      int byInstrument = Integer.compare(instrumentId, other.instrumentId);
      return byInstrument != 0 ? byInstrument : Long.compare(minute, other.minute);
    }
  }

  /** Most marks in memory at a time. */
  private static final int FETCH = 500;

  /** The same of day marks, each with summaries of up to 1,440 minutes. */
  private static final int FETCH_DAYS = 50;

  /** Most days in a slice: each costs a statement, and their candles are in a few chunks. */
  private static final long MOST_DAYS = 60;

  /** With a summary of their trades, if every mark has one; otherwise null. */
  private final TreeMap<Pair, @Nullable PartialCandle> traded = new TreeMap<>();

  private final TreeSet<Pair> subMinute = new TreeSet<>();
  private final long limit;
  private long taken;
  private boolean more;

  private DirtyMinutes(long limit) {
    this.limit = limit;
  }

  /**
   * Takes pairs starting with the oldest minutes, at most {@code limit} of each kind. Anything a
   * minute has beyond that is marked again: a minute can have more trades than one statement has
   * time for.
   */
  static DirtyMinutes take(Connection connection, long limit) throws SQLException {
    DirtyMinutes minutes = new DirtyMinutes(limit);
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      take.setLong(1, limit);
      take.setFetchSize(FETCH);
      try (ResultSet row = take.executeQuery()) {
        while (row.next()) {
          minutes.add(row);
        }
      }
    }
    minutes.more = minutes.taken >= limit;
    minutes.putBack(connection, 60, minutes.traded.navigableKeySet());
    minutes.putBack(connection, 1, minutes.subMinute);
    return minutes;
  }

  /**
   * A slice of the day marks: at most {@code limit} pairs, from the newest of the days before
   * {@code before}, in epoch seconds.
   */
  static DirtyMinutes takeDays(Connection connection, long limit, long before) throws SQLException {
    DirtyMinutes slice = new DirtyMinutes(limit);
    List<String> marks = new ArrayList<>();
    DayMarks rest = new DayMarks();
    long newest = Long.MIN_VALUE;
    try (PreparedStatement days = connection.prepareStatement(DAYS)) {
      days.setLong(1, before);
      days.setFetchSize(FETCH_DAYS);
      try (ResultSet row = days.executeQuery()) {
        while (row.next() && !slice.more) {
          long day = row.getLong(2);
          newest = Math.max(newest, day);
          slice.more = slice.taken >= limit || newest - day >= MOST_DAYS * DayMarks.DAY;
          if (!slice.more) {
            slice.addDay(row.getInt(1), row.getInt(3), day, row.getBytes(4), row.getBytes(5), rest);
            marks.add(row.getString(6));
          }
        }
      }
    }
    if (!marks.isEmpty()) {
      try (PreparedStatement take = connection.prepareStatement(TAKE_DAYS)) {
        take.setArray(1, connection.createArrayOf("text", marks.toArray()));
        take.executeUpdate();
      }
      rest.write(connection);
    }
    slice.more |= !rest.isEmpty() || marks.size() == 2_000;
    return slice;
  }

  /**
   * A day's mark; what is beyond the limit goes to the rest, without a summary.
   *
   * @param packed one bit for each minute
   * @param partials the summaries of these minutes one after the other, or null
   */
  private void addDay(
      int level, int id, long day, byte[] packed, byte @Nullable [] partials, DayMarks rest) {
    BitSet minutes = BitSet.valueOf(packed);
    Deque<PartialCandle> told = new ArrayDeque<>();
    if (partials != null) {
      ByteBuffer in = ByteBuffer.wrap(partials);
      while (in.hasRemaining()) {
        told.push(PartialCandle.unpacked(in));
      }
    }
    // From the end of the day backwards: newest first.
    for (int minute = minutes.length(); (minute = minutes.previousSetBit(minute - 1)) >= 0; ) {
      Pair pair = new Pair(id, day + minute * 60L);
      PartialCandle partial = told.poll();
      if (taken >= limit) {
        rest.add(level, id, pair.minute);
      } else if (level == 60) {
        addTrades(pair, partial);
        taken++;
      } else {
        subMinute.add(pair);
        taken++;
      }
    }
  }

  private void add(ResultSet row) throws SQLException {
    boolean trades = row.getInt(1) == 60;
    long minute = row.getLong(2);
    Integer[] ids = (Integer[]) row.getArray(3).getArray();
    Array told = trades ? row.getArray(4) : null;
    byte[][] partials = told == null ? new byte[ids.length][] : (byte[][]) told.getArray();
    for (int i = 0; i < ids.length; i++) {
      Pair pair = new Pair(ids[i], minute);
      if (trades) {
        byte[] partial = partials[i];
        addTrades(pair, partial == null ? null : PartialCandle.unpacked(ByteBuffer.wrap(partial)));
      } else {
        subMinute.add(pair);
      }
    }
    taken += ids.length;
  }

  private void addTrades(Pair pair, @Nullable PartialCandle partial) {
    if (partial == null || !traded.containsKey(pair)) {
      traded.put(pair, partial);
      return;
    }
    PartialCandle known = traded.get(pair);
    if (known != null) {
      known.add(partial);
    }
  }

  private void putBack(Connection connection, int level, NavigableSet<Pair> pairs)
      throws SQLException {
    Set<Pair> beyond = new TreeSet<>();
    while (pairs.size() > limit) {
      beyond.add(pairs.pollLast());
    }
    if (!beyond.isEmpty()) {
      try (PreparedStatement mark = connection.prepareStatement(PUT_BACK)) {
        mark.setInt(1, level);
        mark.setObject(2, beyond.stream().mapToInt(Pair::instrumentId).toArray());
        mark.setObject(3, beyond.stream().mapToLong(Pair::minute).toArray());
        mark.executeUpdate();
      }
    }
  }

  /** Minutes whose trades, or whose one-minute candle from the venue, changed; sorted. */
  Set<Pair> traded() {
    return traded.keySet();
  }

  /** The marks' summary of a minute's trades; null unless all of them have one. */
  @Nullable PartialCandle partial(Pair minute) {
    return traded.get(minute);
  }

  /** Minutes whose candles of less than a minute changed, sorted. */
  Set<Pair> subMinute() {
    return subMinute;
  }

  /** The buckets of a longer timeframe that contain these minutes, sorted. */
  Set<Pair> buckets(int seconds) {
    Set<Pair> buckets = new TreeSet<>();
    for (Set<Pair> pairs : List.of(traded.keySet(), subMinute)) {
      for (Pair pair : pairs) {
        buckets.add(
            new Pair(pair.instrumentId, pair.minute - Math.floorMod(pair.minute, (long) seconds)));
      }
    }
    return buckets;
  }

  /** Tells live readers which candles may read differently from now on. */
  void tell(Connection connection) throws SQLException {
    Changes changes = new Changes();
    for (Set<Pair> pairs : List.of(traded.keySet(), subMinute)) {
      for (Pair pair : pairs) {
        changes.add(ChangeKind.CANDLES, pair.instrumentId, pair.minute * 1_000_000, 0);
      }
    }
    changes.write(connection);
  }

  int count() {
    return traded.size() + subMinute.size();
  }

  boolean isEmpty() {
    return count() == 0;
  }

  /** Whether more marks may be waiting. */
  boolean more() {
    return more;
  }
}
