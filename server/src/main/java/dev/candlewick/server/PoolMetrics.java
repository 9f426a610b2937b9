package dev.candlewick.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.core.spi.metrics.VertxMetrics;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the pools of database connections that Vert.x keeps. */
final class PoolMetrics implements VertxMetricsFactory {
  private final MeterRegistry registry;

  PoolMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public VertxMetrics metrics(VertxOptions options) {
    return new VertxMetrics() {
      @Override
      @SuppressWarnings("NullAway") // Vert.x takes null for "not measured".
      public io.vertx.core.spi.metrics.PoolMetrics<?, ?> createPoolMetrics(
          String type, String name, int maxSize) {
        return type.equals("sql") ? new OnePool(name, maxSize) : null;
      }
    };
  }

  private final class OnePool implements io.vertx.core.spi.metrics.PoolMetrics<Object, Object> {
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    OnePool(String name, int limit) {
      gauge(name, "in.use", "Connections of a pool in use", inUse);
      gauge(name, "limit", "Connections that a pool may have", new AtomicInteger(limit));
      gauge(name, "waiting", "Requests that wait for a connection of a pool", waiting);
    }

    private void gauge(String pool, String what, String description, AtomicInteger value) {
      Gauge.builder("candlewick.pool.connections." + what, value, AtomicInteger::get)
          .description(description)
          .tag("pool", pool)
          .strongReference(true)
          .register(registry);
    }

    @Override
    public Object enqueue() {
      return waiting.incrementAndGet();
    }

    @Override
    public void dequeue(Object waited) {
      waiting.decrementAndGet();
    }

    @Override
    public Object begin() {
      return inUse.incrementAndGet();
    }

    @Override
    public void end(Object used) {
      inUse.decrementAndGet();
    }
  }
}
