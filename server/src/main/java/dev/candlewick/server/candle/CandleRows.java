package dev.candlewick.server.candle;

import dev.candlewick.server.web.Json;
import dev.candlewick.server.web.Times;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All candles that start in a stretch of time, as JSON. Immutable.
 *
 * @param from the stretch's start, a bucket start
 * @param to its end, exclusive: a bucket start, or {@link #OPEN}
 * @param ends where each candle ends in {@code json}; there is one comma between two of them
 */
record CandleRows(
    long from, long to, long[] starts, double[] closes, boolean[] closed, int[] ends, byte[] json) {
  /** No end: there is nothing beyond yet. */
  static final long OPEN = Long.MAX_VALUE;

  /** Approximate size of a candle. */
  private static final int BYTES = 250;

  /** Approximate size of a candle besides its JSON. */
  private static final int BESIDE = 21;

  private static final int OWN_BYTES = 200;

  /** The ascending candles of a stretch. */
  static CandleRows of(long from, long to, List<Candle> candles, Times unit) {
    int count = candles.size();
    long[] starts = new long[count];
    double[] closes = new double[count];
    boolean[] closed = new boolean[count];
    int[] ends = new int[count];
    for (int i = 0; i < count; i++) {
      Candle candle = candles.get(i);
      starts[i] = candle.ts();
      closes[i] = candle.close();
      closed[i] = candle.closed();
    }
    Buffer json =
        Json.rows(
            count * BYTES,
            count,
            (generator, i) -> CandleJson.write(generator, candles.get(i), unit),
            ends);
    return new CandleRows(from, to, starts, closes, closed, ends, json.getBytes());
  }

  int count() {
    return starts.length;
  }

  long bytes() {
    return OWN_BYTES + json.length + (long) BESIDE * count();
  }

  /** The first candle that starts at {@code time} or later. */
  int first(long time) {
    int found = Arrays.binarySearch(starts, time);
    return found < 0 ? -found - 1 : found;
  }

  /** Appends candles to a list of JSON. */
  void append(Buffer list, int first, int end) {
    if (first < end) {
      if (list.length() > 0) {
        list.appendByte((byte) ',');
      }
      list.appendBytes(json, start(first), bytes(first, end));
    }
  }

  /** The length of these candles in JSON. */
  int bytes(int first, int end) {
    return first < end ? ends[end - 1] - start(first) : 0;
  }

  private int start(int row) {
    return row == 0 ? 0 : ends[row - 1] + 1;
  }

  /** The part of the stretch from {@code since} to {@code until}, both bucket starts inside it. */
  CandleRows part(long since, long until) {
    int first = first(since);
    int end = Math.max(first, first(until));
    int start = start(first);
    int[] shifted = Arrays.copyOfRange(ends, first, end);
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] -= start;
    }
    return new CandleRows(
        since,
        until,
        Arrays.copyOfRange(starts, first, end),
        Arrays.copyOfRange(closes, first, end),
        Arrays.copyOfRange(closed, first, end),
        shifted,
        first == end ? new byte[0] : Arrays.copyOfRange(json, start, ends[end - 1]));
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
    Buffer joined = Buffer.buffer(json.length + next.json.length + 1);
    append(joined, 0, count());
    next.append(joined, 0, next.count());
    int before = count();
    int shift = joined.length() - next.json.length;
    int[] all = Arrays.copyOf(ends, before + next.count());
    double[] allCloses = Arrays.copyOf(closes, all.length);
    long[] allStarts = Arrays.copyOf(starts, all.length);
    boolean[] allClosed = Arrays.copyOf(closed, all.length);
    for (int i = 0; i < next.count(); i++) {
      all[before + i] = next.ends[i] + shift;
      allCloses[before + i] = next.closes[i];
      allStarts[before + i] = next.starts[i];
      allClosed[before + i] = next.closed[i];
    }
    return new CandleRows(from, next.to, allStarts, allCloses, allClosed, all, joined.getBytes());
  }
}
