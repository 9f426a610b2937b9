package dev.candlewick.server.feature;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Run;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.indicator.IndicatorQuery;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Keeps the rows of a feature set. */
final class SetWork implements Work {
  private static final long MICROS = 1_000_000;

  /** Candles of days and longer are accepted from 1800 on. */
  private static final long EARLIEST = Instant.parse("1800-01-01T00:00:00Z").getEpochSecond();

  /** Rows computed at a time. */
  private static final int ROWS = 1_000;

  private final FeatureSet set;
  private final Timeframe timeframe;
  private final Blocks blocks;
  private final int before;
  private final List<String> columns;
  private final Candles candles;
  private final Vertx vertx;

  SetWork(FeatureSet set, Candles candles, Vertx vertx) {
    this.set = set;
    this.timeframe = set.timeframe();
    this.blocks = IndicatorQuery.blocks(timeframe);
    this.before = set.features().before(blocks);
    this.columns = set.columns();
    this.candles = candles;
    this.vertx = vertx;
  }

  Timeframe timeframe() {
    return timeframe;
  }

  @Override
  public boolean matches(String venue, String symbol) {
    return set.instruments().stream().anyMatch(pattern -> pattern.matches(venue, symbol));
  }

  /** A candle changes the rows of the candles after it, for as long as its weight matters. */
  @Override
  public Future<Job> correct(FeatureRepository kept, Job job, SortedSet<Long> times, long now) {
    long first = timeframe.bucket(times.first());
    if (job.complete() && timeframe.end(first) > now) {
      // For an open candle only its start is kept.
      Job open = job.completed(first);
      return open.equals(job) ? Future.succeededFuture(job) : kept.save(open).map(open);
    }
    long reach = Math.multiplyExact((long) before, timeframe.longestSeconds());
    long last = Math.min(now, timeframe.bucket(times.last()) + reach);
    TreeSet<Long> changed = new TreeSet<>();
    times.forEach(time -> changed.add(timeframe.bucket(time)));
    return write(kept, job, changed, first, last + 1, now);
  }

  @Override
  public Future<Job> fill(FeatureRepository kept, Job job, long now) {
    Long doneTo = job.doneTo();
    if (doneTo == null) {
      return candles
          .find(job.instrument(), Wanted.of(timeframe, new Range(EARLIEST * MICROS, null), 1))
          .map(found -> found.isEmpty() ? job.completed(null) : job.begun(found.get(0).ts()))
          .compose(begun -> kept.save(begun).map(begun));
    }
    return read(job.instrument(), doneTo, now + 1, ROWS)
        .compose(
            read -> {
              Candle last = read.last();
              Job next =
                  last == null || read.asked() < ROWS
                      ? job.completed(read.open())
                      : job.filledTo(timeframe.end(last.ts()));
              return kept.together(
                      () -> kept.put(set.name(), read.rows()).compose(done -> kept.save(next)))
                  .map(next);
            });
  }

  /** Part by part up to the end, which is exclusive. */
  private Future<Job> write(
      FeatureRepository kept, Job job, SortedSet<Long> changed, long from, long to, long now) {
    return read(job.instrument(), from, to, ROWS)
        .compose(
            read -> {
              boolean reachesNow = to > now && read.asked() < ROWS;
              Job next = job.complete() && reachesNow ? job.completed(read.open()) : job;
              Candle last = read.last();
              boolean more = read.asked() == ROWS;
              long end = more && last != null ? timeframe.end(last.ts()) : to;
              TreeSet<Long> gone = new TreeSet<>(changed.subSet(from, end));
              gone.removeAll(read.closed());
              Future<Void> done =
                  kept.together(
                      () ->
                          kept.put(set.name(), read.rows())
                              .compose(d -> kept.remove(set.name(), keys(job.instrument(), gone)))
                              .compose(d -> kept.save(next)));
              return more
                  ? done.compose(d -> write(kept, job, changed, end, to, now))
                  : done.map(next);
            });
  }

  /**
   * Rows of closed candles, as JSON.
   *
   * @param closed when they start
   * @param asked how many candles there were
   * @param last the last of them
   * @param open the start of one that is not closed
   */
  record Read(
      String rows, Set<Long> closed, int asked, @Nullable Candle last, @Nullable Long open) {}

  Future<Read> read(int instrument, long from, long to, int limit) {
    Range range = new Range(from * MICROS, to * MICROS);
    return candles
        .find(instrument, Wanted.of(timeframe, range, limit))
        .compose(
            asked ->
                asked.isEmpty()
                    ? Future.succeededFuture(new Read("[]", Set.of(), 0, null, null))
                    : candles
                        .find(instrument, Wanted.last(timeframe, until(asked.get(0)), before))
                        // Hundreds of features of a thousand candles would hold up others.
                        .compose(
                            older ->
                                vertx.executeBlocking(
                                    () -> made(instrument, older, asked), false)));
  }

  private static Range until(Candle first) {
    return new Range(null, first.ts() * MICROS);
  }

  private Read made(int instrument, List<Candle> older, List<Candle> asked) {
    List<Candle> all = new ArrayList<>(older);
    all.addAll(asked);
    Run run = set.features().run(blocks);
    JsonArray rows = new JsonArray();
    Set<Long> closed = new HashSet<>();
    Long open = null;
    for (int i = older.size(); i < all.size(); i++) {
      Candle candle = all.get(i);
      double[] values = run.next(all, i);
      if (candle.closed()) {
        rows.add(row(instrument, candle, values));
        closed.add(candle.ts());
      } else {
        open = candle.ts();
      }
    }
    return new Read(rows.encode(), closed, asked.size(), all.get(all.size() - 1), open);
  }

  /** Rows of candles that no longer exist: their last trade was cancelled. */
  private List<JsonObject> keys(int instrument, Set<Long> times) {
    return times.stream().map(ts -> key(instrument, ts)).toList();
  }

  private JsonObject key(int instrument, long ts) {
    return new JsonObject()
        .put("ts", Instant.ofEpochSecond(ts).toString())
        .put("_instrument_id", instrument)
        .put("feature_version", set.version());
  }

  private JsonObject row(int instrument, Candle candle, double[] values) {
    JsonObject row = key(instrument, candle.ts());
    int known = 0;
    for (int i = 0; i < values.length; i++) {
      boolean there = !Double.isNaN(values[i]);
      row.put(columns.get(i), there ? values[i] : null);
      known += there ? 1 : 0;
    }
    return row.put("completeness", (double) known / values.length);
  }
}
