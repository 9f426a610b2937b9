package dev.candlewick.server.feature;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** The progress of plans and feature sets, on the instance that works on them; 0 on others. */
final class FeatureMetrics {
  private static final State NOTHING = new State(0, 0, 1);

  private final LongSupplier millis;
  private volatile Map<String, State> states = Map.of();
  private volatile long right;

  /**
   * Over all plans, or all sets: instruments, those still being filled in, the average progress.
   */
  private record State(int jobs, int filling, double progress) {
    static State of(List<Job> jobs, long now) {
      return new State(
          jobs.size(),
          (int) jobs.stream().filter(job -> !job.complete()).count(),
          jobs.stream().mapToDouble(job -> job.progress(now)).average().orElse(1));
    }
  }

  FeatureMetrics(MeterRegistry registry, LongSupplier millis) {
    this.millis = millis;
    for (String of : List.of(Job.PLAN, Job.SET)) {
      gauge(registry, of, "jobs", "Instruments of plans or sets", State::jobs);
      gauge(registry, of, "filling", "Those whose past is not filled in yet", State::filling);
      gauge(registry, of, "progress", "The part of the past that is filled in", State::progress);
    }
    Gauge.builder("candlewick.features.lag.seconds", this, FeatureMetrics::lag)
        .description("For how long changed candles may not have reached their features")
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String of,
      String name,
      String description,
      ToDoubleFunction<State> value) {
    Gauge.builder(
            "candlewick.features." + name,
            () -> value.applyAsDouble(states.getOrDefault(of, NOTHING)))
        .tag("of", of)
        .description(description)
        .register(registry);
  }

  private double lag() {
    return right == 0 ? 0 : Math.max(0, millis.getAsLong() - right) / 1_000.0;
  }

  /** Everything that had changed by this time, in milliseconds since the epoch, is up to date. */
  void corrected(List<Job> jobs, long at) {
    right = at;
    states =
        Map.of(
            Job.PLAN, State.of(jobs.stream().filter(Job::isOfPlan).toList(), at / 1_000),
            Job.SET, State.of(jobs.stream().filter(job -> !job.isOfPlan()).toList(), at / 1_000));
  }

  /** There is nothing to do, or another instance does it. */
  void idle() {
    right = 0;
    states = Map.of();
  }
}
