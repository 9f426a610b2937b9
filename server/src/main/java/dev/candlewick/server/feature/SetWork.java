package dev.candlewick.server.feature;

import static java.util.stream.Collectors.joining;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Run;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.indicator.IndicatorQuery;
import dev.candlewick.server.web.InOrder;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Keeps the rows of a feature set. */
final class SetWork implements Work {
  private static final long MICROS = 1_000_000;

  /** Candles of days and longer are accepted from 1800 on. */
  private static final long EARLIEST = Instant.parse("1800-01-01T00:00:00Z").getEpochSecond();

  /** Rows computed at a time. */
  private static final int ROWS = 1_000;

  /** Instruments whose first rows are stored together: most changes make one or two. */
  private static final int TOGETHER = 25;

  private static final int FIRST_ROWS = 40;

  /** Instruments read at once. */
  private static final int AT_ONCE = 3;

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

  /** How many candles before a row its values follow from. */
  int before() {
    return before;
  }

  @Override
  public boolean matches(String venue, String symbol) {
    return set.instruments().stream().anyMatch(pattern -> pattern.matches(venue, symbol));
  }

  @Override
  public Future<List<Job>> correct(FeatureRepository kept, List<Changed> changed, long now) {
    List<Job> after = new ArrayList<>();
    return InOrder.each(
            every(TOGETHER, 0, changed.size()),
            i -> {
              List<Changed> some = changed.subList(i, Math.min(changed.size(), i + TOGETHER));
              return parts(some, now)
                  .compose(parts -> keep(kept, parts).compose(done -> rest(kept, parts, now)))
                  .map(after::addAll);
            })
        .map(after);
  }

  private static List<Integer> every(int step, int first, int end) {
    return IntStream.iterate(first, i -> i < end, i -> i + step).boxed().toList();
  }

  /**
   * The first rows that a change of candles makes.
   *
   * @param next the progress of the job with them
   * @param rows JSON objects, separated by commas
   * @param gone the starts of candles that no longer exist
   * @param rest the start of the next rows, null for none
   */
  private record Part(
      Changed changed, Job next, String rows, Set<Long> gone, @Nullable Long rest, long to) {}

  private Future<List<Part>> parts(List<Changed> changed, long now) {
    List<Part> parts = new ArrayList<>();
    List<Future<?>> lanes = new ArrayList<>();
    for (int lane = 0; lane < AT_ONCE; lane++) {
      lanes.add(
          InOrder.each(
              every(AT_ONCE, lane, changed.size()),
              i -> first(changed.get(i), now).map(parts::add)));
    }
    return Future.all(lanes).map(parts);
  }

  /** A candle changes the rows of the candles after it, for as long as its weight matters. */
  private Future<Part> first(Changed changed, long now) {
    long first = timeframe.bucket(changed.times().first());
    Job job = changed.job().heldFrom(first);
    if (job.complete() && timeframe.end(first) > now) {
      // For an open candle only its start is kept.
      return Future.succeededFuture(
          new Part(changed, job.completed(first), "", Set.of(), null, first));
    }
    long reach = Math.multiplyExact((long) before, timeframe.longestSeconds());
    long last = Math.min(now, timeframe.bucket(changed.times().last()) + reach);
    return part(changed, job, first, last + 1, now, FIRST_ROWS);
  }

  /** Up to the end, which is exclusive. */
  private Future<Part> part(Changed changed, Job job, long from, long to, long now, int rows) {
    return read(job.instrument(), job.first(), from, to, rows)
        .map(
            read -> {
              boolean more = read.asked() == rows;
              Candle last = read.last();
              long end = more && last != null ? timeframe.end(last.ts()) : to;
              TreeSet<Long> gone = new TreeSet<>();
              changed.times().forEach(time -> gone.add(timeframe.bucket(time)));
              gone.removeIf(ts -> ts < from || ts >= end || read.closed().contains(ts));
              boolean reachesNow = to > now && !more;
              Job next = job.complete() && reachesNow ? job.completed(read.open()) : job;
              return new Part(changed, next, read.rows(), gone, more ? end : null, to);
            });
  }

  private Future<Void> keep(FeatureRepository kept, List<Part> parts) {
    String rows =
        parts.stream().map(Part::rows).filter(some -> !some.isEmpty()).collect(joining(","));
    List<JsonObject> gone = new ArrayList<>();
    List<Job> moved = new ArrayList<>();
    for (Part part : parts) {
      Job job = part.changed().job();
      part.gone().forEach(ts -> gone.add(key(job.instrument(), ts)));
      if (!part.next().equals(job)) {
        moved.add(part.next());
      }
    }
    return rows.isEmpty() && gone.isEmpty() && moved.isEmpty()
        ? Future.succeededFuture()
        : kept.together(
            () ->
                kept.put(set.name(), rows)
                    .compose(done -> kept.remove(set.name(), gone))
                    .compose(done -> kept.save(moved)));
  }

  /** Keeps what is left of each, part by part; returns the progress of the jobs. */
  private Future<List<Job>> rest(FeatureRepository kept, List<Part> parts, long now) {
    List<Job> after = new ArrayList<>();
    return InOrder.each(parts, part -> rest(kept, part, now).map(after::add)).map(after);
  }

  private Future<Job> rest(FeatureRepository kept, Part part, long now) {
    Long from = part.rest();
    return from == null
        ? Future.succeededFuture(part.next())
        : part(part.changed(), part.next(), from, part.to(), now, ROWS)
            .compose(next -> keep(kept, List.of(next)).compose(done -> rest(kept, next, now)));
  }

  @Override
  public Future<Job> fill(FeatureRepository kept, Job job, long now) {
    Long doneTo = job.doneTo();
    if (doneTo == null) {
      return candles
          .find(job.instrument(), Wanted.of(timeframe, new Range(EARLIEST * MICROS, null), 1))
          .map(found -> found.isEmpty() ? job.completed(null) : job.begun(found.get(0).ts()))
          .compose(begun -> kept.save(List.of(begun)).map(begun));
    }
    return read(job.instrument(), job.first(), doneTo, now + 1, ROWS)
        .compose(
            read -> {
              Candle last = read.last();
              Job next =
                  last == null || read.asked() < ROWS
                      ? job.completed(read.open())
                      : job.filledTo(timeframe.end(last.ts()));
              return kept.together(
                      () ->
                          kept.put(set.name(), read.rows())
                              .compose(done -> kept.save(List.of(next))))
                  .map(next);
            });
  }

  /**
   * Rows of closed candles.
   *
   * @param rows JSON objects, separated by commas
   * @param closed when they start
   * @param asked how many candles there were
   * @param last the last of them
   * @param open the start of one that is not closed
   */
  record Read(
      String rows, Set<Long> closed, int asked, @Nullable Candle last, @Nullable Long open) {}

  /**
   * Computes them for the first candles from a time on.
   *
   * @param held there is no candle before this, which saves looking for one; null if not known
   */
  Future<Read> read(int instrument, @Nullable Long held, long from, long to, int limit) {
    long most = (to - from) / blocks.seconds() + 2;
    if (most < limit) {
      return candles
          .find(instrument, Wanted.last(timeframe, range(held, to), before + (int) most))
          .compose(all -> made(instrument, all, from));
    }
    Range range = new Range(from * MICROS, to * MICROS);
    return candles
        .find(instrument, Wanted.of(timeframe, range, limit))
        .compose(
            asked ->
                asked.isEmpty()
                    ? made(instrument, asked, from)
                    : candles
                        .find(
                            instrument,
                            Wanted.last(timeframe, range(held, asked.get(0).ts()), before))
                        .compose(
                            older -> {
                              List<Candle> all = new ArrayList<>(older);
                              all.addAll(asked);
                              return made(instrument, all, from);
                            }));
  }

  private static Range range(@Nullable Long from, long to) {
    return new Range(from == null ? null : Long.valueOf(from * MICROS), to * MICROS);
  }

  /** Rows of the candles from a time on. */
  private Future<Read> made(int instrument, List<Candle> all, long from) {
    int older = 0;
    while (older < all.size() && all.get(older).ts() < from) {
      older++;
    }
    int first = older;
    return first == all.size()
        ? Future.succeededFuture(new Read("", Set.of(), 0, null, null))
        // Hundreds of features of a thousand candles would hold up others.
        : vertx.executeBlocking(() -> made(instrument, all, first), false);
  }

  private Read made(int instrument, List<Candle> all, int first) {
    Run run = set.features().run(blocks);
    StringJoiner rows = new StringJoiner(",");
    Set<Long> closed = new HashSet<>();
    Long open = null;
    for (int i = first; i < all.size(); i++) {
      Candle candle = all.get(i);
      double[] values = run.next(all, i);
      if (candle.closed()) {
        rows.add(row(instrument, candle, values).encode());
        closed.add(candle.ts());
      } else {
        open = candle.ts();
      }
    }
    return new Read(rows.toString(), closed, all.size() - first, all.get(all.size() - 1), open);
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
