package dev.candlewick.client;

import java.util.concurrent.atomic.AtomicLongArray;

/** Which row of a file each of its latest messages begins with. One thread adds, any may ask. */
final class FirstRows {
  /** More messages than a server allows in flight. */
  private static final int REMEMBERED = 1 << 16;

  private final AtomicLongArray firsts = new AtomicLongArray(REMEMBERED);
  private long messages;
  private long rows;

  /** The next message has that many rows. */
  void add(int count) {
    messages++;
    firsts.set((int) (messages % REMEMBERED), rows);
    rows += count;
  }

  /** How many rows there are so far. */
  long rows() {
    return rows;
  }

  /** {@code row 17}: a row of a message, by the number of the message, from 1. */
  String place(long message, int index) {
    return "row " + (firsts.get((int) (message % REMEMBERED)) + index + 1);
  }
}
