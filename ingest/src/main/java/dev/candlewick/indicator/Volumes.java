package dev.candlewick.indicator;

import static dev.candlewick.indicator.Averages.share;

/** Indicators of price and volume together. */
final class Volumes {
  private Volumes() {}

  static Formula mfi(Arguments given) {
    Layout layout = new Layout();
    Line change = Line.change(layout);
    Line in = Line.sum(layout, given.integer(0));
    Line out = Line.sum(layout, given.integer(0));
    return Formula.single(
        layout,
        in.warm + 1,
        (m, bar) -> {
          double price = Price.HLC3.of(bar);
          double moved = change.next(m, price);
          if (Double.isNaN(moved)) {
            return moved;
          }
          double flow = price * bar.volume();
          double up = in.next(m, moved > 0 ? flow : 0);
          double down = out.next(m, moved < 0 ? flow : 0);
          return share(100 * up, up + down, 50);
        });
  }

  /** Starts with the first candle's volume. */
  static Formula obv(Arguments given) {
    Layout layout = new Layout();
    Price price = given.price();
    Line change = Line.change(layout);
    int total = layout.take(1);
    return Formula.single(
            layout,
            0,
            (m, bar) -> {
              double moved = change.next(m, price.of(bar));
              m[total] += Double.isNaN(moved) ? bar.volume() : Math.signum(moved) * bar.volume();
              return m[total];
            })
        .from(Formula.Start.HELD);
  }

  /** The volume weighted by where the close is between low (-1) and high (1). */
  private static double accumulated(Bar bar) {
    double place = (bar.close() - bar.low()) - (bar.high() - bar.close());
    return share(place, bar.high() - bar.low(), 0) * bar.volume();
  }

  static Formula ad(Arguments given) {
    Layout layout = new Layout();
    int total = layout.take(1);
    return Formula.single(layout, 0, (m, bar) -> m[total] += accumulated(bar))
        .from(Formula.Start.HELD);
  }

  static Formula cmf(Arguments given) {
    Layout layout = new Layout();
    Line accumulated = Line.sum(layout, given.integer(0));
    Line volume = Line.sum(layout, given.integer(0));
    return Formula.single(
        layout,
        volume.warm,
        (m, bar) -> share(accumulated.next(m, accumulated(bar)), volume.next(m, bar.volume()), 0));
  }
}
