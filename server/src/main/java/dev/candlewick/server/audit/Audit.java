package dev.candlewick.server.audit;

import dev.candlewick.net.Problem;
import dev.candlewick.server.audit.AuditRepository.Example;
import dev.candlewick.server.audit.AuditRepository.Extent;
import dev.candlewick.server.audit.AuditRepository.Instrument;
import dev.candlewick.server.audit.Scan.Scope;
import dev.candlewick.server.candle.Gaps;
import dev.candlewick.server.feature.FeatureCheck;
import dev.candlewick.server.web.InOrder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One run over everything: scan by scan, instrument by instrument, slice by slice, one statement at
 * a time, so that it never uses more than one read connection.
 */
final class Audit {
  static final List<Scan> SCANS =
      Stream.of(MarketScans.all(), CandleScans.all(), RecordScans.all())
          .flatMap(List::stream)
          .toList();

  private static final String GAPS = "candles_gaps";
  private static final String FEATURES = "features_against_recomputation";

  /** The latest rows of features are looked at however long it takes, others for this long. */
  private static final long MOST_FEATURE_NANOS = 10_000_000_000L;

  private static final Duration SHORTEST_SLICE = Duration.ofMinutes(10);

  private final AuditRepository repository;
  private final Gaps gaps;
  private final FeatureCheck features;
  private final AuditQuery query;
  private final OffsetDateTime now;
  private final OffsetDateTime until;
  private final BooleanSupplier unwanted;
  private final Map<String, Result> results = new LinkedHashMap<>();

  Audit(
      AuditRepository repository,
      Gaps gaps,
      FeatureCheck features,
      AuditQuery query,
      OffsetDateTime now,
      BooleanSupplier unwanted) {
    this.unwanted = unwanted;
    this.features = features;
    this.now = now;
    this.repository = repository;
    this.gaps = gaps;
    this.query = query;
    this.until = query.to() == null ? now.plusYears(100) : query.to();
    results().forEach(result -> results.put(result.name, result));
  }

  /** A result for every check, before anything has been looked at. */
  static List<Result> results() {
    List<Result> results = new ArrayList<>();
    for (Scan scan : SCANS) {
      for (Check check : scan.checks()) {
        results.add(new Result(check.name(), check.means(), scan.isOfRecords()));
      }
    }
    results.add(new Result(GAPS, "1m candles are missing while the market is open", false));
    results.add(
        new Result(
            FEATURES,
            "rows of a feature set, or of daily_features, are not what their candles come to now;"
                + " of long histories a part is looked at, another each time",
            true));
    return results;
  }

  /** All checks in order; fails like a read if the database cannot be reached at the moment. */
  Future<List<Result>> run() {
    return repository
        .instruments(query)
        .compose(
            instruments ->
                knownVenue(instruments)
                    .compose(known -> InOrder.each(SCANS, scan -> scan(scan, instruments)))
                    .compose(done -> InOrder.each(instruments, this::findGaps))
                    .compose(done -> checkFeatures(instruments)))
        .map(done -> List.copyOf(results.values()));
  }

  /** Fails for a venue without any data: it is probably misspelt. */
  private Future<Void> knownVenue(List<Instrument> instruments) {
    String venue = query.venue();
    if (venue == null || !instruments.isEmpty()) {
      return Future.succeededFuture();
    }
    return repository
        .instruments(new AuditQuery(venue, null, null, null, true))
        .compose(
            all ->
                all.isEmpty()
                    ? Future.failedFuture(
                        new Problem(404, "unknown_instrument", "no instrument at " + venue))
                    : Future.succeededFuture());
  }

  private Future<Void> scan(Scan scan, List<Instrument> instruments) {
    if (scan.isOfRecords() && !query.records()) {
      return Future.succeededFuture();
    }
    List<Boolean> there = new ArrayList<>();
    return InOrder.each(scan.relations(), name -> repository.exists(name).map(there::add))
        .compose(
            done -> {
              if (there.contains(false)) {
                return Future.succeededFuture();
              }
              return scan.scope() != Scope.ALL
                  ? InOrder.each(instruments, i -> scan(scan, i.id(), i.id()))
                  : scan(scan, null, ids(instruments));
            });
  }

  private Integer @Nullable [] ids(List<Instrument> instruments) {
    return query.venue() == null
        ? null
        : instruments.stream().map(Instrument::id).toArray(Integer[]::new);
  }

  private Future<Void> scan(Scan scan, @Nullable Integer id, @Nullable Object scope) {
    if (scan.slice().toDays() > 10_000) {
      OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
      return slice(scan, scope, now, now.plusSeconds(1)).mapEmpty();
    }
    return walk(
        scan.walked(),
        id,
        scan.slice(),
        slice -> slice(scan, scope, start(slice.first()), slice.last()));
  }

  /** Longer candles begin before the first minute, but not before their day. */
  private OffsetDateTime start(OffsetDateTime first) {
    return query.from() == null ? midnight(first) : first;
  }

  /**
   * Goes through the requested part of what relations hold, slice by slice; time without rows is
   * skipped in one step.
   *
   * @param look examines a slice; returns how many rows it has
   */
  private Future<Void> walk(
      List<String> relations,
      @Nullable Integer id,
      Duration slice,
      Function<Extent, Future<Long>> look) {
    Promise<Void> done = Promise.promise();
    repository
        .extent(relations, id)
        .onFailure(done::fail)
        .onSuccess(
            held -> {
              if (held == null) {
                done.complete();
                return;
              }
              OffsetDateTime asked = query.from();
              OffsetDateTime from =
                  asked == null || asked.isBefore(held.first()) ? held.first() : asked;
              OffsetDateTime end = held.last().plusSeconds(1);
              OffsetDateTime to = until.isBefore(end) ? until : end;
              step(new Walk(relations, id, slice, look, to), from, done);
            });
    return done.future();
  }

  private record Walk(
      List<String> relations,
      @Nullable Integer id,
      Duration slice,
      Function<Extent, Future<Long>> look,
      OffsetDateTime to) {}

  private void step(Walk walk, OffsetDateTime from, Promise<Void> done) {
    if (!from.isBefore(walk.to()) || unwanted.getAsBoolean()) {
      done.complete();
      return;
    }
    OffsetDateTime stop = midnight(from).plus(walk.slice());
    OffsetDateTime end = stop.isBefore(walk.to()) ? stop : walk.to();
    walk.look()
        .apply(new Extent(from, end))
        .onFailure(done::fail)
        .onSuccess(
            rows -> {
              if (rows > 0) {
                step(walk, end, done);
              } else {
                skip(walk, end, done);
              }
            });
  }

  private void skip(Walk walk, OffsetDateTime from, Promise<Void> done) {
    repository
        .next(walk.relations(), walk.id(), from)
        .onFailure(done::fail)
        .onSuccess(
            next -> {
              if (next == null) {
                done.complete();
              } else {
                step(walk, next, done);
              }
            });
  }

  private static OffsetDateTime midnight(OffsetDateTime time) {
    return time.toLocalDate().atStartOfDay().atOffset(ZoneOffset.UTC);
  }

  /** If a statement runs out of time, its two halves are tried. */
  private Future<Long> slice(
      Scan scan, @Nullable Object scope, OffsetDateTime from, OffsetDateTime to) {
    return repository
        .count(scan, scope, from, to)
        .compose(counts -> take(scan, scope, from, to, counts))
        .recover(
            cause -> {
              Duration length = Duration.between(from, to);
              if (!AuditRepository.tookTooLong(cause) || length.compareTo(SHORTEST_SLICE) < 0) {
                return Future.failedFuture(cause);
              }
              OffsetDateTime middle = from.plus(length.dividedBy(2));
              return slice(scan, scope, from, middle)
                  .compose(rows -> slice(scan, scope, middle, to).map(more -> rows + more));
            });
  }

  private Future<Long> take(
      Scan scan, @Nullable Object scope, OffsetDateTime from, OffsetDateTime to, long[] counts) {
    List<Check> failed = new ArrayList<>();
    for (int i = 0; i < scan.checks().size(); i++) {
      Result result = of(scan.checks().get(i));
      result.add(counts[0], counts[i + 1]);
      if (counts[i + 1] > 0 && result.examples.size() < Result.MOST_EXAMPLES) {
        failed.add(scan.checks().get(i));
      }
    }
    return InOrder.each(
            failed,
            check -> {
              List<Example> examples = of(check).examples;
              return repository
                  .examples(scan, check, scope, from, to, Result.MOST_EXAMPLES - examples.size())
                  .map(examples::addAll);
            })
        .map(done -> counts[0]);
  }

  private Result of(Check check) {
    return of(check.name());
  }

  private Result of(String name) {
    return Objects.requireNonNull(results.get(name), name);
  }

  private Future<Void> findGaps(Instrument instrument) {
    return walk(
        List.of("market.candles_1m"),
        instrument.id(),
        Duration.ofDays(Gaps.MOST_DAYS),
        slice -> findGaps(instrument, slice));
  }

  private Future<Long> findGaps(Instrument instrument, Extent slice) {
    return gaps.find(
            instrument.venue(),
            instrument.symbol(),
            slice.first().toEpochSecond(),
            slice.last().toEpochSecond())
        .map(
            found -> {
              Result result = of(GAPS);
              result.add(found.expected(), found.gaps().size());
              for (Gaps.Gap gap : found.gaps()) {
                if (result.examples.size() < Result.MOST_EXAMPLES) {
                  result.examples.add(
                      new Example(
                          instrument.venue(),
                          instrument.symbol(),
                          gap.from() * 1_000,
                          gap.missing() + " candles are missing from here on"));
                }
              }
              return found.present();
            })
        .recover(cause -> unlisted(instrument, slice, cause));
  }

  /** Only one that is not listed is unknown here: its candles are in no answer. */
  private Future<Long> unlisted(Instrument instrument, Extent slice, Throwable cause) {
    if (!(cause instanceof Problem problem) || problem.status() != 404) {
      return Future.failedFuture(cause);
    }
    Result result = of(GAPS);
    result.add(1, 1);
    if (result.examples.size() < Result.MOST_EXAMPLES) {
      result.examples.add(
          new Example(
              instrument.venue(),
              instrument.symbol(),
              slice.first().toEpochSecond() * 1_000,
              "the instrument is not listed: no query finds its candles"));
    }
    return Future.succeededFuture(1L);
  }

  /** Each instrument has an equal part of the time, and what those before it left. */
  private Future<Void> checkFeatures(List<Instrument> instruments) {
    long start = System.nanoTime();
    return InOrder.each(
        IntStream.range(0, instruments.size()).boxed().toList(),
        i ->
            checkFeatures(
                instruments.get(i), start + MOST_FEATURE_NANOS * (i + 1) / instruments.size()));
  }

  private Future<Void> checkFeatures(Instrument instrument, long deadline) {
    if (!query.records()) {
      return Future.succeededFuture();
    }
    OffsetDateTime from = query.from();
    return features
        .find(
            new FeatureCheck.Asked(
                instrument.id(),
                instrument.venue(),
                instrument.symbol(),
                from == null ? 0 : from.toEpochSecond(),
                (until.isBefore(now) ? until : now).toEpochSecond(),
                deadline))
        .map(
            found -> {
              Result result = of(FEATURES);
              if (found.lookedAt() > 0 || !found.different().isEmpty()) {
                result.add(found.lookedAt(), found.different().size());
              }
              found.different().stream()
                  .limit(Result.MOST_EXAMPLES - result.examples.size())
                  .forEach(
                      row ->
                          result.examples.add(
                              new Example(
                                  instrument.venue(),
                                  instrument.symbol(),
                                  row.ts() * 1_000,
                                  row.told())));
              return null;
            });
  }
}
