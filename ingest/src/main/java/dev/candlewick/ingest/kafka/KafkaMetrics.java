package dev.candlewick.ingest.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Meters of the Kafka source; one lag gauge for each partition that this instance reads. */
public final class KafkaMetrics {
  private final MultiGauge lag;
  private final AtomicInteger partitions = new AtomicInteger();
  private final AtomicInteger halted = new AtomicInteger();
  private final Counter lost;

  public KafkaMetrics(MeterRegistry registry) {
    lag =
        MultiGauge.builder("candlewick.kafka.lag.messages")
            .description("Messages of a partition that are not committed yet")
            .register(registry);
    Gauge.builder("candlewick.kafka.partitions", partitions, AtomicInteger::get)
        .description("Partitions that this instance reads")
        .register(registry);
    Gauge.builder("candlewick.kafka.halted.partitions", halted, AtomicInteger::get)
        .description(
            "Partitions that are not read because their topic was deleted and created again")
        .register(registry);
    lost =
        Counter.builder("candlewick.kafka.lost.messages")
            .description("Messages that the topic's retention had dropped before they were read")
            .register(registry);
  }

  void lag(Map<TopicPartition, Long> messages, int openPartitions, int haltedPartitions) {
    partitions.set(openPartitions);
    halted.set(haltedPartitions);
    lag.register(
        messages.entrySet().stream()
            .map(
                of ->
                    MultiGauge.Row.of(
                        Tags.of(
                            "topic",
                            of.getKey().topic(),
                            "partition",
                            String.valueOf(of.getKey().partition())),
                        of.getValue()))
            .collect(Collectors.toList()),
        true);
  }

  void lost(long messages) {
    lost.increment(messages);
  }
}
