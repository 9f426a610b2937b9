package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.spool.Spool;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the spool; absent if no spool is configured. */
final class SpoolMetrics {
  private final MeterRegistry registry;
  private final Timer sync;
  private final Counter failures;

  SpoolMetrics(MeterRegistry registry, Spool spool) {
    this.registry = registry;
    gauge("used", "bytes", "Size of the spool's files", spool, Spool::used);
    gauge(
        "limit",
        "bytes",
        "Size that they may have, by configuration or by what the disk has left",
        spool,
        Spool::limit);
    gauge("records", null, "Messages in the spool not known to be stored", spool, Spool::records);
    gauge(
        "oldest.age",
        "seconds",
        "How long the oldest message in the spool has been there",
        spool,
        all -> all.oldestAge(System.currentTimeMillis()).toMillis() / 1e3);
    gauge(
        "quarantined.files",
        null,
        "Damaged files of the spool that wait for a person",
        spool,
        Spool::quarantined);
    sync =
        Timer.builder("candlewick.spool.sync.duration")
            .description("Time to write and fsync one group of messages")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(1))
            .register(registry);
    failures =
        Counter.builder("candlewick.spool.failures")
            .description("Groups that could not be written or fsynced")
            .register(registry);
  }

  private void gauge(
      String name,
      @Nullable String unit,
      String description,
      Spool spool,
      ToDoubleFunction<Spool> value) {
    Gauge.builder("candlewick.spool." + name, spool, value)
        .baseUnit(unit)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  void appended(long nanos) {
    sync.record(nanos, TimeUnit.NANOSECONDS);
  }

  void failed() {
    failures.increment();
  }
}
