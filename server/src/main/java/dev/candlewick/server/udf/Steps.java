package dev.candlewick.server.udf;

import dev.candlewick.server.web.Numbers;
import java.math.BigDecimal;

/** The smallest step of a price, {@code minMove / priceScale}: 0.25 is 25 / 100. */
record Steps(long minMove, long priceScale) {
  private static final int MOST_PLACES = 15;

  static Steps of(double tick) {
    int places = places(tick);
    long scale = scale(places);
    return new Steps(Math.max(1, Math.round(tick * scale)), scale);
  }

  /** One unit of the last decimal place. */
  static Steps of(int places) {
    return new Steps(1, scale(places));
  }

  /** How many decimal places the number has, at most 15. */
  static int places(double number) {
    int scale = new BigDecimal(Numbers.text(number)).stripTrailingZeros().scale();
    return Math.max(0, Math.min(MOST_PLACES, scale));
  }

  private static long scale(int places) {
    return BigDecimal.TEN.pow(places).longValueExact();
  }
}
