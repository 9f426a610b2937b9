package dev.candlewick.server.candle;

import dev.candlewick.server.web.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All candles that start in a stretch of time, and packed JSON of a row for each. Immutable.
 *
 * @param from the stretch's start, a bucket start
 * @param to its end, exclusive: a bucket start, or {@link #OPEN}
 * @param ends where each candle would end in their JSON with one byte between two of them
 * @param packedEnds where each candle ends in {@code packed}
 * @param packed their JSON by {@code words}, nothing between them
 */
record CandleRows(
    long from,
    long to,
    long[] starts,
    double[] closes,
    boolean[] closed,
    int[] ends,
    int[] packedEnds,
    byte[] packed,
    Words words) {
  /** No end: there is nothing beyond yet. */
  static final long OPEN = Long.MAX_VALUE;

  /** Approximate size of a candle's JSON. */
  private static final int BYTES = 250;

  /** Approximate size of a candle besides its JSON. */
  private static final int BESIDE = 25;

  private static final int OWN_BYTES = 250;

  /** The ascending candles of a stretch; how the row of each is written. */
  static CandleRows of(long from, long to, List<Candle> candles, Json.Row row, Words words) {
    int count = candles.size();
    long[] starts = new long[count];
    double[] closes = new double[count];
    boolean[] closed = new boolean[count];
    int[] ends = new int[count];
    int[] packedEnds = new int[count];
    for (int i = 0; i < count; i++) {
      Candle candle = candles.get(i);
      starts[i] = candle.ts();
      closes[i] = candle.close();
      closed[i] = candle.closed();
    }
    Buffer json = Json.rows(count * BYTES, count, row, ends);
    byte[] packed = words.pack(json.getBytes(), ends, packedEnds);
    return new CandleRows(from, to, starts, closes, closed, ends, packedEnds, packed, words);
  }

  int count() {
    return starts.length;
  }

  long bytes() {
    return OWN_BYTES + words.bytes() + packed.length + (long) BESIDE * count();
  }

  /** The first candle that starts at {@code time} or later. */
  int first(long time) {
    int found = Arrays.binarySearch(starts, time);
    return found < 0 ? -found - 1 : found;
  }

  /** Writes candles as elements of a list of JSON, commas between them; where they end. */
  int write(byte[] list, int at, int first, int end) {
    int length = at;
    for (int row = first; row < end; row++) {
      if (row > first) {
        list[length++] = ',';
      }
      length = words.unpack(packed, packedStart(row), packedEnds[row], list, length);
    }
    return length;
  }

  /** The same, the last one first. */
  int writeDescending(byte[] list, int at, int first, int end) {
    int length = at;
    for (int row = end - 1; row >= first; row--) {
      length = write(list, length, row, row + 1);
      if (row > first) {
        list[length++] = ',';
      }
    }
    return length;
  }

  /** The length of these candles in JSON. */
  int bytes(int first, int end) {
    return first < end ? ends[end - 1] - start(first) : 0;
  }

  private int start(int row) {
    return row == 0 ? 0 : ends[row - 1] + 1;
  }

  private int packedStart(int row) {
    return row == 0 ? 0 : packedEnds[row - 1];
  }

  /** The part of the stretch from {@code since} to {@code until}, both bucket starts inside it. */
  CandleRows part(long since, long until) {
    int first = first(since);
    int end = Math.max(first, first(until));
    int start = packedStart(first);
    return new CandleRows(
        since,
        until,
        Arrays.copyOfRange(starts, first, end),
        Arrays.copyOfRange(closes, first, end),
        Arrays.copyOfRange(closed, first, end),
        shifted(ends, first, end, -start(first)),
        shifted(packedEnds, first, end, -start),
        first == end ? new byte[0] : Arrays.copyOfRange(packed, start, packedEnds[end - 1]),
        words);
  }

  private static int[] shifted(int[] all, int first, int end, int shift) {
    int[] some = Arrays.copyOfRange(all, first, end);
    for (int i = 0; i < some.length; i++) {
      some[i] += shift;
    }
    return some;
  }

  /** This stretch in pieces of at most so many candles. */
  List<CandleRows> pieces(int most) {
    List<CandleRows> pieces = new ArrayList<>();
    long since = from;
    for (int next = most; next < count(); next += most) {
      pieces.add(part(since, starts[next]));
      since = starts[next];
    }
    pieces.add(pieces.isEmpty() ? this : part(since, to));
    return pieces;
  }

  /** This stretch joined with the one that follows it. */
  CandleRows join(CandleRows next) {
    int before = count();
    int after = next.count();
    int all = before + after;
    double[] allCloses = Arrays.copyOf(closes, all);
    long[] allStarts = Arrays.copyOf(starts, all);
    boolean[] allClosed = Arrays.copyOf(closed, all);
    int[] allEnds = Arrays.copyOf(ends, all);
    int[] allPackedEnds = Arrays.copyOf(packedEnds, all);
    byte[] allPacked = Arrays.copyOf(packed, packed.length + next.packed.length);
    System.arraycopy(next.closes, 0, allCloses, before, after);
    System.arraycopy(next.starts, 0, allStarts, before, after);
    System.arraycopy(next.closed, 0, allClosed, before, after);
    int[] nextEnds = shifted(next.ends, 0, after, start(before));
    System.arraycopy(nextEnds, 0, allEnds, before, after);
    int[] nextPacked = shifted(next.packedEnds, 0, after, packed.length);
    System.arraycopy(nextPacked, 0, allPackedEnds, before, after);
    System.arraycopy(next.packed, 0, allPacked, packed.length, next.packed.length);
    return new CandleRows(
        from, next.to, allStarts, allCloses, allClosed, allEnds, allPackedEnds, allPacked, words);
  }

  /** A candle, where the rows are candles: no more of it than indicators are computed from. */
  Candle candle(int row) {
    PackedNumbers numbers = new PackedNumbers(packed, packedStart(row));
    numbers.skip();
    double open = numbers.next();
    double high = numbers.next();
    double low = numbers.next();
    numbers.skip();
    double volume = numbers.next();
    return Candle.traded(starts[row], open, high, low, closes[row], volume, closed[row]);
  }
}
