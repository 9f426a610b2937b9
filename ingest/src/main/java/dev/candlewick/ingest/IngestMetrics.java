package dev.candlewick.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** All meters of the write way. Labels come from enums only, never from what a client sent. */
final class IngestMetrics {
  private final MeterRegistry registry;
  private final DistributionSummary batchRows;
  private final DistributionSummary batchBytes;
  private final Timer batchTime;
  private final AtomicInteger sessions;

  IngestMetrics(MeterRegistry registry, Budget budget) {
    this.registry = registry;
    batchRows =
        DistributionSummary.builder("candlewick.ingest.batch.rows")
            .description("Rows written in one transaction")
            .serviceLevelObjectives(1, 10, 100, 1_000, 5_000, 20_000)
            .register(registry);
    batchBytes =
        DistributionSummary.builder("candlewick.ingest.batch.size")
            .baseUnit("bytes")
            .description("Bytes of messages written in one transaction")
            .serviceLevelObjectives(1_000, 10_000, 100_000, 1_000_000)
            .register(registry);
    batchTime =
        Timer.builder("candlewick.ingest.batch.duration")
            .description("Time of one transaction, from its first statement to the reply to COMMIT")
            .serviceLevelObjectives(
                java.time.Duration.ofMillis(1),
                java.time.Duration.ofMillis(5),
                java.time.Duration.ofMillis(20),
                java.time.Duration.ofMillis(100),
                java.time.Duration.ofSeconds(1),
                java.time.Duration.ofSeconds(10))
            .register(registry);
    sessions = registry.gauge("candlewick.ingest.sessions", new AtomicInteger());
    gauge(
        "candlewick.ingest.budget.used",
        "Bytes taken in and not yet answered",
        budget,
        Budget::used);
    gauge("candlewick.ingest.budget.limit", "Bytes at which intake pauses", budget, Budget::limit);
  }

  private <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value)
        .baseUnit("bytes")
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  void sessionOpened() {
    sessions.incrementAndGet();
  }

  void sessionClosed() {
    sessions.decrementAndGet();
  }

  /** Rows of a committed batch, by what became of them. */
  void committed(Batch batch, long nanos) {
    batchRows.record(batch.rows());
    batchBytes.record(batch.bytes());
    batchTime.record(nanos, TimeUnit.NANOSECONDS);
    for (Message message : batch.messages()) {
      rows(message, "inserted", message.inserted);
      rows(message, "duplicate", message.duplicates);
      rows(message, "updated", message.updated);
      rejected(message.rejections());
    }
  }

  private void rows(Message message, String result, int count) {
    if (count > 0) {
      Counter.builder("candlewick.ingest.rows")
          .description("Rows committed, by what became of them")
          .tags("kind", message.kind.word(), "transport", message.transport(), "result", result)
          .register(registry)
          .increment(count);
    }
  }

  void rejected(List<Rejection> rejections) {
    for (Rejection rejection : rejections) {
      Counter.builder("candlewick.ingest.rejected.rows")
          .description("Rows refused, by reason")
          .tag("code", rejection.code().word)
          .register(registry)
          .increment();
    }
  }

  void failed(String sqlState) {
    Counter.builder("candlewick.ingest.batch.failures")
        .description("Attempts to write a batch that failed, by class of SQLSTATE")
        .tag("sqlstate_class", sqlState.substring(0, 2))
        .register(registry)
        .increment();
  }
}
