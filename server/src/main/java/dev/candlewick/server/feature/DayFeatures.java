package dev.candlewick.server.feature;

import dev.candlewick.indicator.Bar;
import dev.candlewick.record.ExactSum;
import dev.candlewick.server.candle.Candle;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features of a day, computed from its minutes.
 *
 * @param ts the day's start
 * @param features by column, except the daily indicators
 */
record DayFeatures(
    LocalDate date,
    long ts,
    double open,
    double high,
    double low,
    double close,
    double volume,
    JsonObject features)
    implements Bar {
  /**
   * Computes them.
   *
   * @param minutes of the day, ascending, at least one
   * @param now decides which minutes are over, seconds since the epoch
   */
  static DayFeatures of(PlanDay day, List<Candle> minutes, long now) {
    Plan plan = day.plan();
    JsonObject features = new JsonObject();
    for (Plan.Span session : plan.sessions()) {
      Range of = Range.of(minutes, day.at(session.from()), day.at(session.to()));
      put(features, session.name() + "_high", of == null ? null : of.high);
      put(features, session.name() + "_low", of == null ? null : of.low);
      put(features, session.name() + "_open", of == null ? null : of.open);
      put(features, session.name() + "_close", of == null ? null : of.close);
      put(features, session.name() + "_volume", of == null ? null : of.volume);
    }
    for (Plan.OpeningRange opening : plan.openingRanges()) {
      Range of = Range.of(minutes, day.at(opening.from()), day.at(opening.to()));
      put(features, opening.name() + "_high", of == null ? null : of.high);
      put(features, opening.name() + "_low", of == null ? null : of.low);
      put(features, opening.name() + "_size", of == null ? null : of.high - of.low);
      features.put(
          opening.name() + "_break_dir",
          of == null ? null : direction(day, opening, of, minutes, now));
    }
    for (Plan.Span travel : plan.travel()) {
      Range of = Range.of(minutes, day.at(travel.from()), day.at(travel.to()));
      put(features, travel.name(), of == null ? null : of.high - of.low);
    }
    Range whole = new Range(minutes);
    return new DayFeatures(
        day.date(),
        day.start(),
        whole.open,
        whole.high,
        whole.low,
        whole.close,
        whole.volume,
        features);
  }

  private static void put(JsonObject features, String name, @Nullable Double value) {
    features.put(name, value);
  }

  /** Null until the range is complete. */
  private static @Nullable String direction(
      PlanDay day, Plan.OpeningRange opening, Range range, List<Candle> minutes, long now) {
    if (now < day.at(opening.to())) {
      return null;
    }
    for (Candle minute : minutes) {
      boolean counts =
          minute.ts() >= day.at(opening.to())
              && minute.ts() < day.at(opening.until())
              && minute.closed();
      if (counts && minute.close() > range.high) {
        return "up";
      }
      if (counts && minute.close() < range.low) {
        return "down";
      }
    }
    return "none";
  }

  /** Several minutes combined. */
  private static final class Range {
    final double open;
    final double close;
    double high = Double.NEGATIVE_INFINITY;
    double low = Double.POSITIVE_INFINITY;
    final double volume;

    Range(List<Candle> minutes) {
      open = minutes.get(0).open();
      close = minutes.get(minutes.size() - 1).close();
      ExactSum sum = new ExactSum();
      for (Candle minute : minutes) {
        high = Math.max(high, minute.high());
        low = Math.min(low, minute.low());
        sum.add(minute.volume());
      }
      volume = sum.value();
    }

    static @Nullable Range of(List<Candle> minutes, long from, long to) {
      List<Candle> within = minutes.stream().filter(m -> m.ts() >= from && m.ts() < to).toList();
      return within.isEmpty() ? null : new Range(within);
    }
  }
}
