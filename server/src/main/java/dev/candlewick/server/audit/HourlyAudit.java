package dev.candlewick.server.audit;

import dev.candlewick.net.Problem;
import dev.candlewick.server.candle.Gaps;
import dev.candlewick.server.feature.FeatureCheck;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs audits, one at a time: those that are requested, and every hour one of a random instrument
 * over the last day, so that a fault is found before a person looks.
 */
public final class HourlyAudit {
  private static final Logger LOG = LoggerFactory.getLogger(HourlyAudit.class);
  private static final long FIRST_AFTER_MILLIS = 60_000;
  private static final long EVERY_MILLIS = 3_600_000;
  private static final int HOURS = 25;

  private final AuditRepository repository;
  private final Gaps gaps;
  private final FeatureCheck features;
  private final AuditMetrics metrics;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile @Nullable Last last;

  /** The last sample: {@code at} in seconds since the epoch. */
  record Last(long at, List<Result> results) {}

  public HourlyAudit(
      AuditRepository repository, Gaps gaps, FeatureCheck features, MeterRegistry registry) {
    this.repository = repository;
    this.gaps = gaps;
    this.features = features;
    this.metrics = new AuditMetrics(registry);
  }

  public void start(Vertx vertx) {
    vertx.setPeriodic(
        FIRST_AFTER_MILLIS,
        EVERY_MILLIS,
        tick -> sample().onFailure(cause -> LOG.warn("no hourly audit: {}", cause.getMessage())));
  }

  /** Runs an audit while it is wanted, or fails because one is running. */
  Future<List<Result>> run(AuditQuery query, BooleanSupplier unwanted) {
    if (!running.compareAndSet(false, true)) {
      return Future.failedFuture(
          Problem.passing(503, "overloaded", "an audit is running; one at a time"));
    }
    return new Audit(
            repository, gaps, features, query, OffsetDateTime.now(ZoneOffset.UTC), unwanted)
        .run()
        .onComplete(ended -> running.set(false));
  }

  /** What the last sample found; null before the first. */
  @Nullable Last last() {
    return last;
  }

  /** One sample now. */
  Future<List<Result>> sample() {
    OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
    OffsetDateTime from = now.minusHours(HOURS);
    return repository
        .instruments(new AuditQuery(null, null, null, null, true))
        .compose(found -> run(sample(found, from), () -> false))
        .map(
            results -> {
              last = new Last(now.toEpochSecond(), results);
              metrics.ran(results, now.toEpochSecond());
              return results;
            });
  }

  private static AuditQuery sample(List<AuditRepository.Instrument> found, OffsetDateTime from) {
    if (found.isEmpty()) {
      return new AuditQuery(null, null, from, null, true);
    }
    var drawn = found.get(ThreadLocalRandom.current().nextInt(found.size()));
    return new AuditQuery(drawn.venue(), drawn.symbol(), from, null, true);
  }
}
