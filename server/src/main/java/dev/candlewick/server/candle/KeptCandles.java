package dev.candlewick.server.candle;

import dev.candlewick.server.memory.Change;
import dev.candlewick.server.memory.Kept;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Separate stretches of a series, in order. */
final class KeptCandles implements Kept {
  private static final long MICROS = 1_000_000;

  /** Most candles in a stretch: this many are copied when it is cut. */
  private static final int MOST = 512;

  /** Two adjacent stretches are joined if together they have at most so many candles. */
  private static final int SHORT = 128;

  private final Buckets buckets;

  /** The clock when the newest of it was read, in seconds. */
  private final long readAt;

  private final List<CandleRows> stretches;
  private final long bytes;

  /**
   * When the first of its open candles closes, by the clock alone, and where that candle starts.
   */
  private final long closes;

  private final long open;

  KeptCandles(Buckets buckets, long readAt, CandleRows read) {
    this(buckets, readAt, read.pieces(MOST));
  }

  private KeptCandles(Buckets buckets, long readAt, List<CandleRows> stretches) {
    this.buckets = buckets;
    this.readAt = readAt;
    this.stretches = stretches;
    long sum = 0;
    long first = Long.MAX_VALUE;
    for (CandleRows rows : stretches) {
      sum += rows.bytes();
      for (int i = rows.count() - 1; i >= 0 && buckets.end(rows.starts()[i]) > readAt; i--) {
        first = rows.closed()[i] ? first : Math.min(first, rows.starts()[i]);
      }
    }
    this.bytes = sum;
    this.open = first;
    this.closes = first == Long.MAX_VALUE ? first : buckets.end(first);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public @Nullable KeptCandles without(Change change) {
    if (change.quotes()) {
      return this;
    }
    return change.oldest() == Long.MIN_VALUE
        ? null
        : before(buckets.floor(Math.floorDiv(change.oldest(), MICROS)));
  }

  private @Nullable KeptCandles before(long start) {
    if (end() <= start) {
      return this;
    }
    List<CandleRows> left = new ArrayList<>();
    for (CandleRows rows : stretches) {
      if (rows.to() <= start) {
        left.add(rows);
      } else if (rows.from() < start) {
        left.add(rows.part(rows.from(), start));
      }
    }
    return left.isEmpty() ? null : new KeptCandles(buckets, readAt, left);
  }

  private long end() {
    return stretches.get(stretches.size() - 1).to();
  }

  @Override
  public KeptCandles over(Kept before) {
    KeptCandles older = ((KeptCandles) before).at(readAt);
    if (older == null) {
      return this;
    }
    long from = stretches.get(0).from();
    long to = end();
    List<CandleRows> all = new ArrayList<>();
    older.stretches.stream()
        .filter(rows -> rows.from() < from)
        .forEach(rows -> add(all, rows.to() <= from ? rows : rows.part(rows.from(), from)));
    stretches.forEach(rows -> add(all, rows));
    older.stretches.stream()
        .filter(rows -> rows.to() > to)
        .forEach(rows -> add(all, rows.from() >= to ? rows : rows.part(to, rows.to())));
    return new KeptCandles(buckets, readAt, all);
  }

  private static void add(List<CandleRows> all, CandleRows next) {
    CandleRows last = all.isEmpty() ? null : all.get(all.size() - 1);
    boolean meets = last != null && last.to() == next.from();
    if (last != null && meets && last.count() + next.count() <= SHORT) {
      all.set(all.size() - 1, last.join(next));
    } else {
      all.add(next);
    }
  }

  /** The part of it that would be read the same now; null if there is none. */
  @Nullable KeptCandles at(long now) {
    if (now < readAt) {
      return null;
    }
    return now < closes ? this : before(open);
  }

  /**
   * What it has of a range: the first candles, or the last ones, without a gap.
   *
   * @param to where what it has ends; less than requested if the rest is not kept
   */
  record Found(List<Piece> pieces, long to) {}

  /** Candles of one stretch. */
  record Piece(CandleRows rows, int first, int end) {
    int count() {
      return end - first;
    }

    int bytes() {
      return rows.bytes(first, end);
    }

    Piece withoutFirst(int count) {
      return new Piece(rows, first + count, end);
    }

    Piece withoutLast(int count) {
      return new Piece(rows, first, end - count);
    }
  }

  /**
   * Looks for the candles of a range from its start on; null if it has none of it.
   *
   * @param most the most that are wanted
   */
  @Nullable Found first(long from, long to, int most, boolean closedOnly) {
    List<Piece> pieces = new ArrayList<>();
    long at = from;
    int left = most;
    for (CandleRows rows : stretches) {
      if (rows.from() <= at && at < rows.to() && at < to && left > 0) {
        left -= take(pieces, rows, rows.first(at), rows.first(to), left, closedOnly);
        at = rows.to();
      }
    }
    return at == from && from < to ? null : new Found(pieces, left == 0 ? to : Math.min(at, to));
  }

  /** Adds the first of these candles, up to the number wanted; returns how many it adds. */
  static int take(
      List<Piece> pieces, CandleRows rows, int first, int end, int most, boolean closedOnly) {
    int taken = 0;
    int at = first;
    while (at < end && taken < most) {
      int start = at;
      while (at < end && taken < most && (rows.closed()[at] || !closedOnly)) {
        at++;
        taken++;
      }
      if (at > start) {
        pieces.add(new Piece(rows, start, at));
      }
      while (at < end && closedOnly && !rows.closed()[at]) {
        at++;
      }
    }
    return taken;
  }

  /**
   * Looks for the last candles of a range, up to where it or what is kept ends; null if it has too
   * few of them.
   */
  @Nullable Found last(long from, long to, int most, boolean closedOnly) {
    List<Piece> pieces = new ArrayList<>();
    long end = to;
    long at = to;
    int left = most;
    for (int i = stretches.size() - 1; i >= 0 && at > from && left > 0; i--) {
      CandleRows rows = stretches.get(i);
      if (rows.from() >= at) {
        continue;
      }
      if (at == to && rows.to() < to) {
        end = rows.to();
        at = end;
      }
      if (rows.to() < at || rows.to() <= from) {
        return null;
      }
      left -= takeLast(pieces, rows, rows.first(from), rows.first(at), left, closedOnly);
      at = rows.from();
    }
    return at <= from || left == 0 ? new Found(pieces, end) : null;
  }

  /** Adds the last of these candles before the pieces, up to the number wanted. */
  private static int takeLast(
      List<Piece> pieces, CandleRows rows, int first, int end, int most, boolean closedOnly) {
    int taken = 0;
    int at = end;
    while (at > first && taken < most) {
      int stop = at;
      while (at > first && taken < most && (rows.closed()[at - 1] || !closedOnly)) {
        at--;
        taken++;
      }
      if (at < stop) {
        pieces.add(0, new Piece(rows, at, stop));
      }
      while (at > first && closedOnly && !rows.closed()[at - 1]) {
        at--;
      }
    }
    return taken;
  }
}
