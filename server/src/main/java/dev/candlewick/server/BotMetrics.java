package dev.candlewick.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the bots that write records, from the last answer; no label names a bot. */
final class BotMetrics {
  private final MeterRegistry registry;
  private volatile BotRepository.@Nullable State state;

  BotMetrics(MeterRegistry registry) {
    this.registry = registry;
    gauge("bots.active", "Bots whose newest row says active", BotRepository.State::active);
    gauge(
        "bots.silent",
        "Active bots that have told nothing for two minutes",
        BotRepository.State::silent);
    gauge(
        "risk.events.unresolved",
        "Risk events of the last day that nobody has resolved",
        BotRepository.State::breaches);
  }

  private void gauge(String name, String description, ToDoubleFunction<BotRepository.State> of) {
    Gauge.builder("candlewick." + name, () -> value(of))
        .description(description)
        .register(registry);
  }

  private double value(ToDoubleFunction<BotRepository.State> of) {
    BotRepository.State last = state;
    return last == null ? 0 : of.applyAsDouble(last);
  }

  void answered(BotRepository.State answer) {
    state = answer;
  }
}
