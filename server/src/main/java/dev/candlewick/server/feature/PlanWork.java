package dev.candlewick.server.feature;

import dev.candlewick.indicator.Blocks;
import dev.candlewick.indicator.Indicators;
import dev.candlewick.indicator.Run;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.web.InOrder;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Keeps the days of a plan. */
final class PlanWork implements Work {
  static final String KIND = "daily_features";
  private static final Timeframe MINUTE = Timeframe.ofSeconds(60);
  private static final long MICROS = 1_000_000;

  /** Days of the past that are read at a time. */
  static final int DAYS = 14;

  /** Minutes in {@link #DAYS} plus one day. */
  private static final int MOST_MINUTES = (DAYS + 1) * 1_500;

  private final Plan plan;
  private final Candles candles;

  PlanWork(Plan plan, Candles candles) {
    this.plan = plan;
    this.candles = candles;
  }

  @Override
  public boolean matches(String venue, String symbol) {
    return plan.instruments().stream().anyMatch(pattern -> pattern.matches(venue, symbol));
  }

  @Override
  public Future<List<Job>> correct(FeatureRepository kept, List<Changed> changed, long now) {
    return InOrder.each(changed, one -> correct(kept, one.job(), one.times(), now))
        .map(changed.stream().map(Changed::job).toList());
  }

  private Future<Void> correct(FeatureRepository kept, Job job, SortedSet<Long> times, long now) {
    TreeSet<LocalDate> dates = new TreeSet<>();
    times.forEach(time -> dates.add(plan.dayAt(time).starts()));
    TreeMap<LocalDate, LocalDate> runs = new TreeMap<>();
    while (!dates.isEmpty()) {
      LocalDate first = dates.first();
      LocalDate end = first.plusDays(1);
      while (dates.contains(end) && end.isBefore(first.plusDays(DAYS))) {
        end = end.plusDays(1);
      }
      dates.headSet(end).clear();
      runs.put(first, end);
    }
    return InOrder.each(
        runs.entrySet(), run -> write(kept, job, job, run.getKey(), run.getValue(), now));
  }

  @Override
  public Future<Job> fill(FeatureRepository kept, Job job, long now) {
    Long doneTo = job.doneTo();
    if (doneTo == null) {
      return candles
          .find(job.instrument(), Wanted.of(MINUTE, new Range(0L, null), 1))
          .map(
              found ->
                  found.isEmpty()
                      ? job.completed(null)
                      : job.begun(plan.dayAt(found.get(0).ts()).start()))
          .compose(begun -> kept.save(List.of(begun)).map(begun));
    }
    LocalDate first = plan.dayAt(doneTo).starts();
    LocalDate to = first.plusDays(DAYS);
    long end = plan.instant(to, 0);
    Job next = end > now ? job.completed(null) : job.filledTo(end);
    return write(kept, job, next, first, to, now).map(next);
  }

  private Future<Void> write(
      FeatureRepository kept, Job job, Job next, LocalDate first, LocalDate to, long now) {
    Range range = new Range(plan.instant(first, 0) * MICROS, plan.instant(to, 0) * MICROS);
    return candles
        .find(job.instrument(), Wanted.of(MINUTE, range, MOST_MINUTES))
        .compose(
            minutes -> {
              List<DayFeatures> days = days(minutes, now);
              boolean corrects = next == job;
              return kept.together(
                  () ->
                      (days.isEmpty() && !corrects
                              ? Future.<Void>succeededFuture()
                              : write(
                                  kept,
                                  job.instrument(),
                                  days,
                                  corrects ? without(days, first, to) : List.of()))
                          .compose(
                              done ->
                                  corrects ? Future.succeededFuture() : kept.save(List.of(next))));
            });
  }

  /**
   * The rows of days that are over, anew.
   *
   * @param stored all stored days as candles, from which the daily indicators follow
   * @param first the date on which the first one starts
   * @param to exclusive, at most {@link #DAYS} later
   * @return JSON objects
   */
  Future<List<String>> read(
      int instrument, TreeMap<LocalDate, DayFeatures> stored, LocalDate first, LocalDate to) {
    long end = plan.instant(to, 0);
    Range range = new Range(plan.instant(first, 0) * MICROS, end * MICROS);
    return candles
        .find(instrument, Wanted.of(MINUTE, range, MOST_MINUTES))
        .map(
            minutes -> {
              TreeMap<LocalDate, DayFeatures> all = new TreeMap<>(stored);
              LocalDate from = new PlanDay(plan, first).date();
              LocalDate until = new PlanDay(plan, to).date();
              all.subMap(from, until).clear();
              days(minutes, end).forEach(day -> all.put(day.date(), day));
              TreeMap<LocalDate, DayFeatures> upTo = new TreeMap<>(all.headMap(until));
              return rows(instrument, upTo, from).stream().map(JsonObject::encode).toList();
            });
  }

  private List<DayFeatures> days(List<Candle> minutes, long now) {
    List<DayFeatures> days = new ArrayList<>();
    int at = 0;
    while (at < minutes.size()) {
      PlanDay day = plan.dayAt(minutes.get(at).ts());
      int first = at;
      while (at < minutes.size() && minutes.get(at).ts() < day.end()) {
        at++;
      }
      if (day.counts()) {
        days.add(DayFeatures.of(day, minutes.subList(first, at), now));
      }
    }
    return days;
  }

  /** Days that changed and no longer have any minute: their last trade was cancelled. */
  private List<PlanDay> without(List<DayFeatures> days, LocalDate first, LocalDate to) {
    Set<LocalDate> there = new HashSet<>();
    days.forEach(day -> there.add(day.date()));
    return first
        .datesUntil(to)
        .map(starts -> new PlanDay(plan, starts))
        .filter(day -> day.counts() && !there.contains(day.date()))
        .toList();
  }

  /**
   * A day changes the daily indicators of all days after it. One whose minutes are partly dropped
   * stays as it was computed when they were there.
   */
  private Future<Void> write(
      FeatureRepository kept, int instrument, List<DayFeatures> changed, List<PlanDay> without) {
    if (changed.isEmpty() && without.isEmpty()) {
      return Future.succeededFuture();
    }
    LocalDate from =
        Stream.concat(changed.stream().map(DayFeatures::date), without.stream().map(PlanDay::date))
            .min(Comparator.naturalOrder())
            .orElseThrow();
    return kept.dropped()
        .compose(
            dropped ->
                kept.days(plan.name(), instrument, from)
                    .compose(
                        all -> {
                          List<DayFeatures> whole = new ArrayList<>();
                          for (DayFeatures day : changed) {
                            if (day.ts() >= dropped || !all.containsKey(day.date())) {
                              all.put(day.date(), day);
                              whole.add(day);
                            }
                          }
                          List<PlanDay> gone =
                              without.stream().filter(day -> day.start() >= dropped).toList();
                          gone.forEach(day -> all.remove(day.date()));
                          return kept.saveDays(plan.name(), instrument, whole)
                              .compose(done -> remove(kept, instrument, gone))
                              .compose(done -> kept.put(KIND, rows(instrument, all, from)));
                        }));
  }

  private Future<Void> remove(FeatureRepository kept, int instrument, List<PlanDay> days) {
    return days.isEmpty()
        ? Future.succeededFuture()
        : kept.removeDays(plan.name(), instrument, days.stream().map(PlanDay::date).toList())
            .compose(
                done ->
                    kept.remove(
                        KIND,
                        days.stream()
                            .map(day -> key(instrument, day.start(), day.date()))
                            .toList()));
  }

  private JsonObject key(int instrument, long ts, LocalDate date) {
    return new JsonObject()
        .put("ts", Instant.ofEpochSecond(ts).toString())
        .put("plan", plan.name())
        .put("_instrument_id", instrument)
        .put("date", date.toString());
  }

  private List<JsonObject> rows(
      int instrument, TreeMap<LocalDate, DayFeatures> all, LocalDate from) {
    List<DayFeatures> days = List.copyOf(all.values());
    Run run = plan.daily().run(Blocks.whole());
    List<String> columns = plan.daily().columns();
    List<JsonObject> rows = new ArrayList<>();
    for (int i = 0; i < days.size(); i++) {
      double[] values = run.next(days, i);
      DayFeatures day = days.get(i);
      if (day.date().isBefore(from)) {
        continue;
      }
      JsonObject row = key(instrument, day.ts(), day.date()).mergeIn(day.features());
      for (int column = 0; column < values.length; column++) {
        double value = values[column];
        row.put(Indicators.plain(columns.get(column)), Double.isNaN(value) ? null : value);
      }
      rows.add(row);
    }
    return rows;
  }
}
