package dev.candlewick.server.feature;

import io.vertx.core.Future;
import java.util.List;
import java.util.SortedSet;

/** What is kept for the instruments of one plan or feature set. Times are epoch seconds. */
interface Work {
  boolean matches(String venue, String symbol);

  /** A job, and at which times of its candles something changed, at least one. */
  record Changed(Job job, SortedSet<Long> times) {}

  /** Updates what changed; returns the progress of the jobs, in any order. */
  Future<List<Job>> correct(FeatureRepository kept, List<Changed> changed, long now);

  /** Fills in the next part of the past; returns the job's progress. */
  Future<Job> fill(FeatureRepository kept, Job job, long now);
}
