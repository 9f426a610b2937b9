package dev.candlewick.ingest.message;

/**
 * Where a message stands in its stream. Between two positions there need not be any other: a feed
 * counts its messages one by one, another source may leave gaps.
 *
 * @param before the position of the message before it; of the first one 0, or -1 where positions
 *     begin at 0
 * @param at its own, more than that
 */
public record Position(long before, long at) {
  public Position {
    if (before < -1 || at <= before) {
      throw new IllegalArgumentException(at + " does not follow " + before);
    }
  }

  /** Of the message of this number, where messages are counted one by one. */
  public static Position ofNumber(long seq) {
    return new Position(seq - 1, seq);
  }
}
