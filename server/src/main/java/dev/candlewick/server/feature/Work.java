package dev.candlewick.server.feature;

import io.vertx.core.Future;
import java.util.SortedSet;

/** What is kept for the instruments of one plan or feature set. Times are epoch seconds. */
interface Work {
  boolean matches(String venue, String symbol);

  /** Updates what changed at these times; returns the job's progress. */
  Future<Job> correct(FeatureRepository kept, Job job, SortedSet<Long> times, long now);

  /** Fills in the next part of the past; returns the job's progress. */
  Future<Job> fill(FeatureRepository kept, Job job, long now);
}
