package dev.candlewick.rollup;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** All meters of the roll-up. */
final class RollUpMetrics {
  private final Timer passes;
  private final Counter failures;
  private final Counter candles;
  private final AtomicLong lastPass = new AtomicLong();
  private final AtomicLong refreshAt = new AtomicLong();
  private final AtomicLong retentionAt = new AtomicLong();

  /** Since when recent marks have been waiting for this leader; 0 while it does not lead. */
  private volatile long behindSince;

  RollUpMetrics(MeterRegistry registry) {
    passes =
        Timer.builder("candlewick.rollup.pass.duration")
            .description("Time of one pass of the roll-up")
            .register(registry);
    failures =
        Counter.builder("candlewick.rollup.failures")
            .description("Passes of the roll-up that failed and were put off")
            .register(registry);
    candles =
        Counter.builder("candlewick.rollup.candles")
            .description("One-minute candles made again")
            .register(registry);
    Gauge.builder("candlewick.rollup.lag", this, RollUpMetrics::lag)
        .baseUnit("seconds")
        .description(
            "How far the candles of the last hours are behind the trades: age of the last pass, by"
                + " this leader, that left none of them waiting; 0 if another leads")
        .strongReference(true)
        .register(registry);
    timestamp(registry, "rollup.last.pass", lastPass, "When this instance last finished a pass");
    timestamp(
        registry,
        "refresh.last.run",
        refreshAt,
        "When this instance last materialised the continuous aggregates (Community edition)");
    timestamp(
        registry,
        "retention.last.run",
        retentionAt,
        "When this instance last dropped what is past its retention");
  }

  private static void timestamp(
      MeterRegistry registry, String name, AtomicLong millis, String description) {
    Gauge.builder("candlewick." + name + ".timestamp", millis, at -> at.get() / 1e3)
        .baseUnit("seconds")
        .description(description + ", epoch seconds; 0 = never")
        .strongReference(true)
        .register(registry);
  }

  private double lag() {
    long since = behindSince;
    return since == 0 ? 0 : (System.nanoTime() - since) / 1e9;
  }

  /** Another instance leads. */
  void followed() {
    behindSince = 0;
  }

  /** Minutes were rebuilt. */
  void rolledUp(int minutes) {
    candles.increment(minutes);
  }

  /**
   * A pass that started at {@code start}, by {@link System#nanoTime}, is committed.
   *
   * @param behind whether anything recent is left; late data waits its turn
   */
  void passed(long start, boolean behind) {
    passes.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
    lastPass.set(System.currentTimeMillis());
    if (!behind || behindSince == 0) {
      behindSince = start;
    }
  }

  void failed() {
    failures.increment();
  }

  void refreshed() {
    refreshAt.set(System.currentTimeMillis());
  }

  void retentionRan() {
    retentionAt.set(System.currentTimeMillis());
  }
}
