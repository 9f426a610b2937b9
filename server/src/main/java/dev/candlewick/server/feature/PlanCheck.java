package dev.candlewick.server.feature;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.feature.FeatureCheck.Asked;
import dev.candlewick.server.feature.FeatureCheck.Different;
import dev.candlewick.server.feature.FeatureCheck.Found;
import dev.candlewick.server.feature.FeatureCheck.Sample;
import dev.candlewick.server.feature.FeatureRowRepository.Of;
import dev.candlewick.server.feature.Windows.Window;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;

/** Compares the days of a plan that are over with what their minutes come to. */
final class PlanCheck implements Sample {
  private static final long MICROS = 1_000_000;
  private static final int MINUTE = 60;

  private final Plan plan;
  private final PlanWork work;
  private final Candles candles;
  private final FeatureRowRepository rows;

  PlanCheck(Plan plan, PlanWork work, Candles candles, FeatureRowRepository rows) {
    this.plan = plan;
    this.work = work;
    this.candles = candles;
    this.rows = rows;
  }

  /** Of days since 1970. */
  @Override
  public Future<List<Window>> windows(Asked asked) {
    return rows.dropped(PlanWork.KIND, MINUTE)
        .compose(
            dropped -> {
              long kept = Math.max(dropped.rows(), dropped.candles());
              long from = Math.max(asked.from(), kept);
              Range range = new Range(from * MICROS, Math.max(from, asked.to()) * MICROS);
              return candles
                  .find(asked.instrument(), Wanted.of(Timeframe.ofSeconds(MINUTE), range, 1))
                  .map(
                      first ->
                          first.isEmpty() ? List.of() : windows(first.get(0).ts(), kept, asked));
            });
  }

  private List<Window> windows(long first, long kept, Asked asked) {
    PlanDay day = plan.dayAt(first);
    LocalDate starts = day.start() < kept ? day.starts().plusDays(1) : day.starts();
    LocalDate today = plan.dayAt(asked.to()).starts();
    return Windows.of(starts.toEpochDay(), today.toEpochDay(), PlanWork.DAYS);
  }

  @Override
  public Future<Found> look(int instrument, Window window) {
    return rows.days(plan.name(), instrument).compose(stored -> look(instrument, window, stored));
  }

  private Future<Found> look(
      int instrument, Window window, TreeMap<LocalDate, DayFeatures> stored) {
    LocalDate first = LocalDate.ofEpochDay(window.from());
    LocalDate to = LocalDate.ofEpochDay(window.to());
    return work.read(instrument, stored, first, to)
        .compose(
            read ->
                rows.different(
                        new Of(PlanWork.KIND, "plan", plan.name()),
                        instrument,
                        plan.instant(first, 0),
                        plan.instant(to, 0),
                        String.join(",", read))
                    .map(
                        found ->
                            new Found(
                                read.size(),
                                found.stream()
                                    .map(
                                        row ->
                                            new Different(
                                                row.ts(),
                                                "day of plan " + plan.name() + ": " + row.told()))
                                    .toList())));
  }
}
