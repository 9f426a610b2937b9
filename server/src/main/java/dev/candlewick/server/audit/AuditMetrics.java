package dev.candlewick.server.audit;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the last hourly sample found. */
final class AuditMetrics {
  private final Map<String, AtomicLong> failures = new HashMap<>();
  private final AtomicLong lastRun = new AtomicLong();

  AuditMetrics(MeterRegistry registry) {
    Gauge.builder("candlewick.audit.last.run.timestamp.seconds", lastRun, AtomicLong::get)
        .description("when the hourly audit ended last, 0 = not yet")
        .register(registry);
    for (Result result : Audit.results()) {
      AtomicLong failed = new AtomicLong();
      failures.put(result.name, failed);
      Gauge.builder("candlewick.audit.failures", failed, AtomicLong::get)
          .tag("check", result.name)
          .description("rows that failed a check in the last hourly audit")
          .register(registry);
    }
  }

  void ran(List<Result> results, long epochSecond) {
    for (Result result : results) {
      AtomicLong failed = failures.get(result.name);
      if (failed != null) {
        failed.set(result.failures());
      }
    }
    lastRun.set(epochSecond);
  }
}
