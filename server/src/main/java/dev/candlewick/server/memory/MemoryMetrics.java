package dev.candlewick.server.memory;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All meters of the memory. */
final class MemoryMetrics {
  /** By the ordinal of the part. */
  private final List<Counter> answers = new ArrayList<>();

  MemoryMetrics(MeterRegistry registry, Memory memory) {
    for (Memory.Part part : Memory.Part.values()) {
      answers.add(
          Counter.builder("candlewick.memory.answers")
              .description("Answers, by how much of them came from memory")
              .tag("part", part.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    Gauge.builder("candlewick.memory.bytes", memory, Memory::bytes)
        .description("Bytes of candles and newest rows kept in memory")
        .baseUnit("bytes")
        .register(registry);
  }

  void answered(Memory.Part part) {
    answers.get(part.ordinal()).increment();
  }
}
