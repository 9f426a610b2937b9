package dev.candlewick.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the archive, from the database's last answer. */
final class ArchiveMetrics {
  private volatile @Nullable ArchiveState state;

  ArchiveMetrics(MeterRegistry registry) {
    gauge(
        registry, "on", null, "1 if nothing is dropped that is not archived", s -> s.on() ? 1 : 0);
    gauge(registry, "rows", null, "Rows archived and dropped", ArchiveState::rows);
    gauge(registry, "files", null, "Files written", ArchiveState::files);
    gauge(registry, "size", "bytes", "Size of the files written", ArchiveState::bytes);
    gauge(
        registry,
        "held",
        "seconds",
        "For how long rows past their retention could not be archived; 0 = none are held",
        ArchiveState::heldSeconds);
    gauge(
        registry,
        "waiting",
        "seconds",
        "How much of what is past its retention, in its own time, is not archived yet",
        ArchiveState::waitingSeconds);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      @Nullable String unit,
      String description,
      ToDoubleFunction<ArchiveState> of) {
    Gauge.builder("candlewick.archive." + name, () -> value(of))
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  private double value(ToDoubleFunction<ArchiveState> of) {
    ArchiveState last = state;
    return last == null ? Double.NaN : of.applyAsDouble(last);
  }

  void answered(ArchiveState answer) {
    state = answer;
  }
}
