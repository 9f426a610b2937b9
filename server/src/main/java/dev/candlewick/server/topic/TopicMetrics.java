package dev.candlewick.server.topic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the candles published to a Kafka topic. */
public final class TopicMetrics {
  private final Counter told;
  private final AtomicLong behind = new AtomicLong();

  /** Present even without a topic: 0 published. */
  public TopicMetrics(MeterRegistry registry) {
    told =
        Counter.builder("candlewick.kafka.candles.told")
            .description("Closed and amended candles that were told to the topic")
            .register(registry);
    Gauge.builder("candlewick.kafka.candles.behind.seconds", behind, AtomicLong::get)
        .description("For how long this instance, which tells candles, could not tell any")
        .register(registry);
  }

  void told(int candles) {
    told.increment(candles);
  }

  void behind(long seconds) {
    behind.set(seconds);
  }
}
