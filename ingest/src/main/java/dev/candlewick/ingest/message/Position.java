package dev.candlewick.ingest.message;

/**
 * A message's position in its stream. Positions need not be consecutive: a feed numbers its
 * messages one by one, another source may leave gaps.
 *
 * @param before the position of the message before it; for the first one 0, or -1 if positions
 *     start at 0
 * @param at its own, greater than that
 */
public record Position(long before, long at) {
  public Position {
    if (before < -1 || at <= before) {
      throw new IllegalArgumentException(at + " does not follow " + before);
    }
  }

  /** For a message with this number, if messages are numbered one by one. */
  public static Position ofNumber(long seq) {
    return new Position(seq - 1, seq);
  }
}
