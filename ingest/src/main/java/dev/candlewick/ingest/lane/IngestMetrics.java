package dev.candlewick.ingest.lane;

import dev.candlewick.ingest.message.Batch;
import dev.candlewick.ingest.message.Budget;
import dev.candlewick.ingest.message.Message;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.record.MarketKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * All meters of the write path except those by venue ({@link VenueMetrics}). Labels come only from
 * enums, never from what a client sent.
 */
public final class IngestMetrics {
  private static final List<String> TRANSPORTS = List.of("rest", "websocket", "kafka");
  private static final List<String> RESULTS = List.of("inserted", "duplicate", "updated");
  private static final int MOST_KINDS = 100;
  private static final String BYTES = "bytes";

  private final MeterRegistry registry;
  private final VenueMetrics venues;
  private final DistributionSummary batchRows;
  private final DistributionSummary batchBytes;
  private final Timer batchTime;
  private final Counter busy;
  private final Counter conflicts;
  private final Counter rewound;
  private final Map<Rejection.Code, Counter> rejected = new EnumMap<>(Rejection.Code.class);
  private final AtomicInteger sessions = new AtomicInteger();
  private final Set<String> kinds = ConcurrentHashMap.newKeySet();

  public IngestMetrics(MeterRegistry registry, Budget budget) {
    this.registry = registry;
    this.venues = new VenueMetrics(registry);
    batchRows =
        DistributionSummary.builder("candlewick.ingest.batch.rows")
            .description("Rows written in one transaction")
            .serviceLevelObjectives(1, 10, 100, 1_000, 5_000, 20_000)
            .register(registry);
    batchBytes =
        DistributionSummary.builder("candlewick.ingest.batch.size")
            .baseUnit(BYTES)
            .description("Bytes of messages written in one transaction")
            .serviceLevelObjectives(1_000, 10_000, 100_000, 1_000_000)
            .register(registry);
    batchTime =
        Timer.builder("candlewick.ingest.batch.duration")
            .description("Time of one transaction, from its first statement to the reply to COMMIT")
            .serviceLevelObjectives(
                Duration.ofMillis(1),
                Duration.ofMillis(5),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10))
            .register(registry);
    busy =
        Counter.builder("candlewick.ingest.busy")
            .description("Times a socket was told to wait: over its key's rate, or out of memory")
            .register(registry);
    conflicts =
        Counter.builder("candlewick.ingest.conflicts")
            .description("Trades sent again with other content under a known id; not written")
            .register(registry);
    rewound =
        Counter.builder("candlewick.ingest.streams.rewound")
            .description("Times a feed was told that the database went back behind its acks")
            .register(registry);
    gauge("sessions", null, "Open ingest sockets", sessions, AtomicInteger::get);
    gauge("budget.used", BYTES, "Bytes taken in and not yet answered", budget, Budget::used);
    gauge("budget.limit", BYTES, "Bytes at which intake pauses", budget, Budget::limit);
    startAtZero();
  }

  /**
   * Registered up front: a counter that appears with its first event would hide that event from a
   * rate.
   */
  private void startAtZero() {
    for (Rejection.Code code : Rejection.Code.values()) {
      Counter counter =
          Counter.builder("candlewick.ingest.rejected.rows")
              .description("Rows refused, by reason")
              .tag("code", code.word)
              .register(registry);
      rejected.put(code, counter);
    }
    for (MarketKind kind : MarketKind.values()) {
      for (String transport : TRANSPORTS) {
        for (String result : RESULTS) {
          rows(kind.word(), transport, result).increment(0);
        }
      }
    }
    failures("08");
  }

  private <T> void gauge(
      String name, @Nullable String unit, String description, T of, ToDoubleFunction<T> value) {
    Gauge.builder("candlewick.ingest." + name, of, value)
        .baseUnit(unit)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Exposes how far behind these lanes are. */
  public void watch(List<Lane> lanes) {
    gauge(
        "commit.lag",
        "seconds",
        "How long the oldest message not yet committed has waited since it was taken in",
        lanes,
        all -> all.stream().mapToDouble(lane -> lane.lag().toNanos() / 1e9).max().orElse(0));
    gauge(
        "queue.messages",
        null,
        "Messages waiting for a writer",
        lanes,
        all -> all.stream().mapToDouble(Lane::queued).sum());
  }

  public void sessionOpened() {
    sessions.incrementAndGet();
  }

  public void busy() {
    busy.increment();
  }

  public void rewound() {
    rewound.increment();
  }

  public void sessionClosed() {
    sessions.decrementAndGet();
  }

  /** Rows of a committed batch, by result. */
  void committed(Batch batch, long nanos) {
    batchRows.record(batch.rows());
    batchBytes.record(batch.bytes());
    batchTime.record(nanos, TimeUnit.NANOSECONDS);
    stored(batch.messages());
  }

  /** Rows of stored messages, by result. */
  void stored(List<Message> messages) {
    long now = System.currentTimeMillis();
    Map<Way, int[]> results = new HashMap<>();
    for (Message message : messages) {
      int[] its =
          results.computeIfAbsent(
              new Way(message.word(), message.transport()), way -> new int[RESULTS.size()]);
      its[0] += message.inserted;
      its[1] += message.duplicates;
      its[2] += message.updated;
      conflicts.increment(message.conflicts);
      rejected(message.rejections());
      if (message.inserted + message.updated > 0) {
        venues.committed(message.rows, now);
      }
    }
    results.forEach(
        (way, counts) -> {
          for (int i = 0; i < counts.length; i++) {
            rows(way.kind, way.transport, RESULTS.get(i)).increment(counts[i]);
          }
        });
  }

  /** How the rows arrived, as in the label. */
  private record Way(String kind, String transport) {}

  /** Administrators can create any number of kinds: only the first ones get their own label. */
  private String label(String kind) {
    if (MarketKind.of(kind).isEmpty() && !kinds.contains(kind) && kinds.size() >= MOST_KINDS) {
      return "other";
    }
    kinds.add(kind);
    return kind;
  }

  private Counter rows(String kind, String transport, String result) {
    return Counter.builder("candlewick.ingest.rows")
        .description("Rows committed, by what became of them")
        .tags("kind", label(kind), "transport", transport, "result", result)
        .register(registry);
  }

  public void rejected(List<Rejection> rejections) {
    for (Rejection rejection : rejections) {
      Counter counter = rejected.get(rejection.code());
      if (counter != null) {
        counter.increment();
      }
    }
  }

  void failed(String sqlState) {
    failures(sqlState.substring(0, 2)).increment();
  }

  private Counter failures(String sqlStateClass) {
    return Counter.builder("candlewick.ingest.batch.failures")
        .description("Attempts to write a batch that failed, by class of SQLSTATE")
        .tag("sqlstate_class", sqlStateClass)
        .register(registry);
  }
}
