package dev.candlewick.server.feature;

import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.feature.Windows.Window;
import dev.candlewick.server.web.InOrder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/** Compares rows of feature sets, and of plans' days, with a fresh computation. */
public final class FeatureCheck {
  /** A late trade must be reflected in the rows after 5 s. */
  private static final long PATIENCE_MILLIS = 6_000;

  private final DeclarationRepository declarations;
  private final Candles candles;

  /** Reads rows where the declarations are stored, and candles there. */
  public FeatureCheck(DeclarationRepository declarations, Candles candles) {
    this.declarations = declarations;
    this.candles = candles;
  }

  /**
   * A row that is wrong, missing, or should not be there.
   *
   * @param told for people: whose row it is and what is wrong with it
   */
  public record Different(long ts, String told) implements Comparable<Different> {
    @Override
    public int compareTo(Different other) {
      return Long.compare(ts, other.ts);
    }
  }

  /** How many rows there should be, and those that differ. */
  public record Found(long lookedAt, List<Different> different) {
    static final Found NOTHING = new Found(0, List.of());

    Found and(Found next) {
      List<Different> all = new ArrayList<>(different);
      all.addAll(next.different());
      return new Found(lookedAt + next.lookedAt(), all);
    }
  }

  /**
   * An instrument, and what is to be compared.
   *
   * @param from seconds since the epoch
   * @param to exclusive, now at the latest
   * @param deadline in {@link System#nanoTime}: after it only the latest rows are looked at
   */
  public record Asked(
      int instrument, String venue, String symbol, long from, long to, long deadline) {}

  /** What is kept for an instrument, window by window. */
  interface Sample {
    /** The latest first, others in any order. */
    Future<List<Window>> windows(Asked asked);

    Future<Found> look(int instrument, Window window);
  }

  /** For all sets and plans that are filled in. Must be called on a Vert.x context. */
  public Future<Found> find(Asked asked) {
    Vertx vertx = Vertx.currentContext().owner();
    return samples(asked, vertx).compose(samples -> find(asked, vertx, samples));
  }

  private Future<List<Sample>> samples(Asked asked, Vertx vertx) {
    List<Sample> samples = new ArrayList<>();
    return declarations
        .find(Job.SET, null)
        .onSuccess(
            sets ->
                sets.forEach(
                    kept -> {
                      FeatureSet set = Declarations.set(kept.name(), kept.declaration());
                      SetWork work = new SetWork(set, candles, vertx);
                      if (kept.complete() && work.matches(asked.venue(), asked.symbol())) {
                        samples.add(new SetCheck(set, work, candles, declarations.rows()));
                      }
                    }))
        .compose(done -> declarations.find(Job.PLAN, null))
        .onSuccess(
            plans ->
                plans.forEach(
                    kept -> {
                      Plan plan = Declarations.plan(kept.name(), kept.declaration());
                      PlanWork work = new PlanWork(plan, candles);
                      if (kept.complete() && work.matches(asked.venue(), asked.symbol())) {
                        samples.add(new PlanCheck(plan, work, candles, declarations.rows()));
                      }
                    }))
        .map(samples);
  }

  /** Each has an equal part of the time, and what those before it left. */
  private static Future<Found> find(Asked asked, Vertx vertx, List<Sample> samples) {
    long start = System.nanoTime();
    long time = Math.max(0, asked.deadline() - start);
    Future<Found> all = Future.succeededFuture(Found.NOTHING);
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      long deadline = start + time * (i + 1) / samples.size();
      all = all.compose(before -> find(asked, vertx, sample, deadline).map(before::and));
    }
    return all;
  }

  /** A difference may be about to disappear; one that lasts is wrong. */
  private static Future<Found> find(Asked asked, Vertx vertx, Sample sample, long deadline) {
    List<Window> wrong = new ArrayList<>();
    List<Found> first = new ArrayList<>();
    return sample
        .windows(asked)
        .compose(
            windows ->
                InOrder.each(
                    windows,
                    window ->
                        !first.isEmpty() && System.nanoTime() > deadline
                            ? Future.succeededFuture()
                            : sample
                                .look(asked.instrument(), window)
                                .onSuccess(first::add)
                                .onSuccess(
                                    found -> {
                                      if (!found.different().isEmpty()) {
                                        wrong.add(window);
                                      }
                                    })))
        .compose(done -> wrong.isEmpty() ? Future.succeededFuture() : passed(vertx))
        .compose(done -> again(asked, sample, wrong))
        .map(second -> lasting(first.stream().reduce(Found.NOTHING, Found::and), second));
  }

  private static Future<Void> passed(Vertx vertx) {
    Promise<Void> waited = Promise.promise();
    vertx.setTimer(PATIENCE_MILLIS, timer -> waited.complete());
    return waited.future();
  }

  private static Future<List<Different>> again(Asked asked, Sample sample, List<Window> wrong) {
    List<Different> second = new ArrayList<>();
    return InOrder.each(
            wrong,
            window ->
                sample
                    .look(asked.instrument(), window)
                    .map(found -> second.addAll(found.different())))
        .map(second);
  }

  private static Found lasting(Found first, List<Different> second) {
    return new Found(
        first.lookedAt(), first.different().stream().filter(second::contains).sorted().toList());
  }
}
