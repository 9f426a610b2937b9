package dev.candlewick.server;

import dev.candlewick.server.ChunkRepository.Sizes;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Meters of the size of stored data, from the last answer; all kinds of record count as one. */
final class ChunkMetrics {
  private static final List<String> RELATIONS =
      List.of(
          "trades",
          "quotes",
          "candles_1m",
          "candles_5m",
          "candles_15m",
          "candles_1h",
          "candles_4h",
          "candles_1d",
          "candles_native",
          "records");

  private volatile Map<String, Sizes> sizes = Map.of();

  ChunkMetrics(MeterRegistry registry) {
    for (String relation : RELATIONS) {
      gauge(registry, relation, "live", Sizes::live);
      gauge(registry, relation, "columnstore", Sizes::columnstore);
    }
  }

  private void gauge(
      MeterRegistry registry, String relation, String form, ToDoubleFunction<Sizes> of) {
    Gauge.builder("candlewick.chunks.size", () -> value(relation, of))
        .baseUnit("bytes")
        .description("Size of what is stored, indexes included; NaN before it is known")
        .tags("relation", relation, "form", form)
        .register(registry);
  }

  private double value(String relation, ToDoubleFunction<Sizes> of) {
    Sizes known = sizes.get(relation);
    return known == null ? Double.NaN : of.applyAsDouble(known);
  }

  void answered(Map<String, Sizes> answer) {
    sizes = answer;
  }
}
