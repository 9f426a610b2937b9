package dev.candlewick.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Meters of the database, from its last answer; down before the first one. */
final class DatabaseMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseMetrics.class);

  private final MeterRegistry registry;
  private volatile @Nullable DatabaseState state;
  private volatile boolean up;

  DatabaseMetrics(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("candlewick.database.up", () -> up ? 1 : 0)
        .description("1 if the primary answered when last asked, else 0")
        .register(registry);
    gauge("database.size", "bytes", "Size of the database", DatabaseState::bytes);
    gauge(
        "database.durable",
        null,
        "1 if COMMIT means on disk, 0 if durability is degraded",
        state -> state.durable() ? 1 : 0);
    backlog("rollup", DatabaseState::dirtyMinutes);
    backlog("refresh", DatabaseState::dirtyBuckets);
    waiting("day", state -> state.waiting().day());
    waiting("month", state -> state.waiting().month());
    waiting("older", state -> state.waiting().older());
    job("columnstore", DatabaseState::compressed);
  }

  /** Minutes that wait for the roll-up, from the last answer; 0 before the first one. */
  long waitingMinutes() {
    DatabaseState last = state;
    return last == null ? 0 : last.waiting().all();
  }

  /** What slows the database down, from the last answer; none before the first one. */
  List<String> warnings() {
    DatabaseState last = state;
    return last == null ? List.of() : last.warnings();
  }

  private void waiting(String age, ToDoubleFunction<DatabaseState> minutes) {
    Gauge.builder("candlewick.rollup.backlog.candles", () -> value(minutes))
        .description(
            "Minutes of an instrument that wait for the roll-up, by age: of the last day, of the"
                + " month before it, older; of up to 100000 marks")
        .tag("age", age)
        .register(registry);
  }

  private void backlog(String waitingFor, ToDoubleFunction<DatabaseState> marks) {
    Gauge.builder("candlewick.rollup.backlog.marks", () -> value(marks))
        .description(
            "Marks of buckets to be made again that wait for their turn, counted up to 100000")
        .tag("waiting_for", waitingFor)
        .register(registry);
  }

  private void job(String kind, ToDoubleFunction<DatabaseState> at) {
    Gauge.builder("candlewick.timescaledb.job.last.success.timestamp", () -> value(at))
        .baseUnit("seconds")
        .description(
            "When every policy of this kind had last succeeded, epoch seconds; 0 = one has never,"
                + " NaN = no such policy")
        .tag("policy", kind)
        .register(registry);
  }

  private void gauge(
      String name, @Nullable String unit, String description, ToDoubleFunction<DatabaseState> of) {
    Gauge.builder("candlewick." + name, () -> value(of))
        .baseUnit(unit)
        .description(description)
        .register(registry);
  }

  private double value(ToDoubleFunction<DatabaseState> of) {
    DatabaseState last = state;
    return last == null ? Double.NaN : of.applyAsDouble(last);
  }

  void answered(DatabaseState answer) {
    if (!answer.warnings().equals(warnings())) {
      answer.warnings().forEach(LOG::warn);
    }
    state = answer;
    up = true;
  }

  void failed(Throwable cause) {
    if (up) {
      LOG.warn("the database does not answer: {}", cause.getMessage());
    }
    up = false;
  }

  /** Which edition and version of TimescaleDB this is. */
  void kind(String edition, String version) {
    Gauge.builder("candlewick.timescaledb.info", () -> 1)
        .description("Always 1; edition and version are in the labels")
        .tags("edition", edition, "version", version)
        .register(registry);
  }
}
