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
  private final AtomicLong lagSeconds = new AtomicLong();
  private final AtomicLong retentionAt = new AtomicLong();

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
        Counter.builder("candlewick.rollup.minutes")
            .description("Minutes of an instrument rolled up")
            .register(registry);
    Gauge.builder("candlewick.rollup.lag", lagSeconds, AtomicLong::get)
        .baseUnit("seconds")
        .description(
            "How long the oldest dirty minute of the last pass had been closed and waiting")
        .strongReference(true)
        .register(registry);
    Gauge.builder("candlewick.retention.last.run.timestamp", retentionAt, AtomicLong::get)
        .baseUnit("seconds")
        .description("When this instance last dropped what is past its retention, epoch seconds")
        .strongReference(true)
        .register(registry);
  }

  void passed(DirtyMinutes minutes, long nanos) {
    passes.record(nanos, TimeUnit.NANOSECONDS);
    candles.increment(minutes.count());
  }

  void failed() {
    failures.increment();
  }

  void retentionRan() {
    retentionAt.set(System.currentTimeMillis() / 1_000);
  }
}
