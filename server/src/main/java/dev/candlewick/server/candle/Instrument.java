package dev.candlewick.server.candle;

import java.time.DateTimeException;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The properties of an instrument that its candles depend on.
 *
 * @param session in the form that {@link TradingHours} reads
 * @param timezone at whose midnight the venue's own candles of whole days may start
 */
record Instrument(int id, @Nullable String session, @Nullable String timezone) {
  /** Whether days of this zone are the venue's own. */
  boolean isIn(ZoneId zone) {
    try {
      return timezone != null && ZoneId.of(timezone).normalized().equals(zone);
    } catch (DateTimeException noZoneOfThisJava) {
      return false;
    }
  }
}
