package dev.candlewick.server.topic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the candles that are told to a topic of Kafka. */
public final class TopicMetrics {
  private final Counter told;
  private final AtomicLong behind = new AtomicLong();

  /** There without a topic too: what is not told is 0. */
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
