package dev.candlewick.server.feature;

import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.feature.DeclarationRepository.Kept;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Compares the latest rows of feature sets with a fresh computation. */
public final class FeatureCheck {
  private static final long MICROS = 1_000_000;

  /** Rows checked per instrument and set. */
  private static final int ROWS = 200;

  /** A late trade must be reflected in the rows of features after 5 s. */
  private static final long PATIENCE_MILLIS = 6_000;

  private final DeclarationRepository declarations;
  private final Candles candles;

  /** Reads rows where the declarations are stored, and candles there. */
  public FeatureCheck(DeclarationRepository declarations, Candles candles) {
    this.declarations = declarations;
    this.candles = candles;
  }

  /** A row that is wrong, missing, or should not be there. */
  public record Different(String set, long ts) {}

  /** How many rows there should be, and those that differ. */
  public record Found(long lookedAt, List<Different> different) {}

  /**
   * For all sets that are filled in. Must be called on a Vert.x context; times in seconds since the
   * epoch, {@code to} exclusive.
   */
  public Future<Found> find(int instrument, String venue, String symbol, long from, long to) {
    Vertx vertx = Vertx.currentContext().owner();
    return declarations
        .find(Job.SET, null)
        .compose(
            sets -> {
              Future<Found> all = Future.succeededFuture(new Found(0, List.of()));
              for (Kept kept : sets) {
                FeatureSet set = Declarations.set(kept.name(), kept.declaration());
                SetWork work = new SetWork(set, candles, vertx);
                if (kept.complete() && work.matches(venue, symbol)) {
                  all =
                      all.compose(
                          before ->
                              add(
                                  before,
                                  twice(vertx, () -> latest(work, set, instrument, from, to))));
                }
              }
              return all;
            });
  }

  private static Future<Found> add(Found before, Future<Found> next) {
    return next.map(
        found -> {
          List<Different> different = new ArrayList<>(before.different());
          different.addAll(found.different());
          return new Found(before.lookedAt() + found.lookedAt(), different);
        });
  }

  /** A difference may be about to disappear; one that lasts is wrong. */
  private static Future<Found> twice(Vertx vertx, Supplier<Future<Found>> look) {
    return look.get()
        .compose(
            first -> {
              if (first.different().isEmpty()) {
                return Future.succeededFuture(first);
              }
              Promise<Void> waited = Promise.promise();
              vertx.setTimer(PATIENCE_MILLIS, timer -> waited.complete());
              return waited
                  .future()
                  .compose(done -> look.get())
                  .map(
                      second ->
                          new Found(
                              second.lookedAt(),
                              second.different().stream()
                                  .filter(first.different()::contains)
                                  .toList()));
            });
  }

  private Future<Found> latest(SetWork work, FeatureSet set, int instrument, long from, long to) {
    Range range = new Range(from * MICROS, to * MICROS);
    return candles
        .find(instrument, Wanted.last(set.timeframe(), range, ROWS))
        .compose(
            last ->
                last.isEmpty()
                    ? Future.succeededFuture(new Found(0, List.of()))
                    : find(work, set, instrument, last.get(0).ts(), to));
  }

  private Future<Found> find(SetWork work, FeatureSet set, int instrument, long from, long to) {
    return work.read(instrument, null, from, to, ROWS + 1)
        .compose(
            read ->
                read.closed().isEmpty()
                    ? Future.succeededFuture(new Found(0, List.of()))
                    : declarations
                        .different(
                            set,
                            instrument,
                            read.closed().stream().mapToLong(ts -> ts).min().orElse(from),
                            to,
                            "[" + read.rows() + "]")
                        .map(
                            times ->
                                new Found(
                                    read.closed().size(),
                                    times.stream()
                                        .map(ts -> new Different(set.name(), ts))
                                        .toList())));
  }
}
