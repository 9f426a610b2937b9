package dev.candlewick.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the read replica; all 0 without one. */
final class ReplicaMetrics {
  private final AtomicLong behind = new AtomicLong();
  private final Counter replica;
  private final Counter primary;

  ReplicaMetrics(MeterRegistry registry) {
    Gauge.builder("candlewick.replica.behind.bytes", behind, AtomicLong::get)
        .description("By how much of the log the replica was behind when it was asked last")
        .register(registry);
    replica = reads(registry, "replica");
    primary = reads(registry, "primary");
  }

  private static Counter reads(MeterRegistry registry, String by) {
    return Counter.builder("candlewick.replica.reads")
        .description("Reads, by who answered: the primary does where the replica is behind or away")
        .tag("by", by)
        .register(registry);
  }

  void behind(long bytes) {
    behind.set(bytes);
  }

  void byReplica() {
    replica.increment();
  }

  void byPrimary() {
    primary.increment();
  }
}
