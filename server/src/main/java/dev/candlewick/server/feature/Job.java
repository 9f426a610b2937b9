package dev.candlewick.server.feature;

import dev.candlewick.record.Timeframe;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a plan or feature set for one instrument. Times are seconds since the epoch.
 *
 * @param first where stored data starts; null until it was looked up
 * @param doneTo up to where the past is filled in, null for nothing yet; once that is complete, the
 *     start of a candle that was open when last checked, null for none
 */
record Job(
    String of,
    String name,
    int instrument,
    int version,
    @Nullable Long first,
    @Nullable Long doneTo,
    boolean complete) {
  static final String PLAN = "plan";
  static final String SET = "set";

  boolean isOfPlan() {
    return of.equals(PLAN);
  }

  /** How much of the past is filled in, 0 to 1. */
  double progress(long now) {
    Long from = first;
    Long to = doneTo;
    if (complete || from == null || to == null) {
      return complete ? 1 : 0;
    }
    return (double) (to - from) / Math.max(1, now - from);
  }

  Job begun(long firstTs) {
    return new Job(of, name, instrument, version, firstTs, firstTs, false);
  }

  Job filledTo(long to) {
    return new Job(of, name, instrument, version, first, to, false);
  }

  /** The same where a candle of this time is held too. */
  Job heldFrom(long time) {
    Long from = first;
    return from != null && from <= time
        ? this
        : new Job(of, name, instrument, version, time, doneTo, complete);
  }

  Job completed(@Nullable Long open) {
    return new Job(of, name, instrument, version, first, open, true);
  }

  /** Whether a change at this time matters: what is not filled in yet will be read later. */
  boolean covers(long time) {
    Long to = doneTo;
    return complete || (to != null && time < to);
  }

  /** Whether a candle that was open no longer is. */
  boolean hasClosed(Timeframe timeframe, long now) {
    Long open = doneTo;
    return complete && open != null && timeframe.end(open) <= now;
  }
}
