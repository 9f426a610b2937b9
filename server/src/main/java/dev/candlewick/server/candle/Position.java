package dev.candlewick.server.candle;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.web.Cursor;

/**
 * Where a page other than the first starts.
 *
 * @param next the start of the next bucket
 * @param close the close before it, which fills it if it is empty; NaN if unknown
 */
record Position(long next, double close) {
  /** No candle starts further from the epoch, in seconds. */
  private static final long FURTHEST = 8_000_000_000L;

  /** What a cursor says it was written for. */
  static String kind(Timeframe timeframe, boolean backwards) {
    return "candles " + timeframe.text() + (backwards ? " back" : " on");
  }

  /** The position in a cursor of two parts. */
  static Position of(Cursor cursor) {
    long next = cursor.number(0);
    try {
      if (-FURTHEST <= next && next <= FURTHEST) {
        return new Position(next, Double.parseDouble(cursor.text(1)));
      }
    } catch (NumberFormatException notANumber) {
      // Rejected below.
    }
    throw Problem.badParameter("cursor", "is not a next_cursor of the same request");
  }

  String cursor(String kind) {
    return Cursor.write(kind, next, close);
  }
}
