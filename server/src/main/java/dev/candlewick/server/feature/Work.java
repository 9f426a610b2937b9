package dev.candlewick.server.feature;

import io.vertx.core.Future;
import java.util.SortedSet;

/** What is kept for the instruments of one plan or feature set. Times are epoch seconds. */
interface Work {
  boolean matches(String venue, String symbol);

  /** Makes good what changed at these times; how far the job is then. */
  Future<Job> correct(FeatureRepository kept, Job job, SortedSet<Long> times, long now);

  /** Fills in the next part of the past; how far the job is then. */
  Future<Job> fill(FeatureRepository kept, Job job, long now);
}
