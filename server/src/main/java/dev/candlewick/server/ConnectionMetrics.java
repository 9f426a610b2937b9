package dev.candlewick.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of client connections. */
final class ConnectionMetrics {
  private final AtomicInteger open = new AtomicInteger();
  private final Counter refused;
  private final Counter late;

  ConnectionMetrics(MeterRegistry registry, int limit) {
    gauge(registry, "open", "Open client connections", open);
    gauge(registry, "limit", "Open client connections at most", new AtomicInteger(limit));
    refused = closed(registry, "limit");
    late = closed(registry, "deadline");
  }

  private static void gauge(
      MeterRegistry registry, String what, String description, AtomicInteger value) {
    Gauge.builder("candlewick.http.connections." + what, value, AtomicInteger::get)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private static Counter closed(MeterRegistry registry, String reason) {
    return Counter.builder("candlewick.http.connections.closed")
        .description("Client connections that the server closed, by reason")
        .tag("reason", reason)
        .register(registry);
  }

  void open(int count) {
    open.set(count);
  }

  void refused() {
    refused.increment();
  }

  void late() {
    late.increment();
  }
}
