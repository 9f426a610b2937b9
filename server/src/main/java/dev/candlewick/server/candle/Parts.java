package dev.candlewick.server.candle;

import java.util.List;
import java.util.Map;

/**
 * What one statement found in a range, in no particular order.
 *
 * @param level rows of a stored level, where they are up to date
 * @param fine shorter parts where they are not: minutes, or steps folded from trades; of several
 *     with the same start and source the last one wins
 * @param exact the venue's own candles of the requested timeframe
 * @param stale whether any of it is not up to date
 * @param cut whether there was more than one statement may return
 * @param held where levels start from which something was dropped: by their seconds
 */
record Parts(
    List<Part> level,
    List<Part> fine,
    List<Part> exact,
    boolean stale,
    boolean cut,
    Map<Long, Long> held) {
  Parts(List<Part> level, List<Part> fine, List<Part> exact, boolean stale, boolean cut) {
    this(level, fine, exact, stale, cut, Map.of());
  }

  /** From where on all of a level's parts are there. */
  long heldFrom(Level of) {
    return held.getOrDefault(of.seconds(), Long.MIN_VALUE);
  }

  /** How many rows it took; for those folded from trades, how many trades. */
  long cost(Level from) {
    if (!from.isTrades()) {
      return level.size() + fine.size() + exact.size();
    }
    return exact.size() + fine.stream().mapToLong(part -> Math.max(1, part.trades())).sum();
  }
}
