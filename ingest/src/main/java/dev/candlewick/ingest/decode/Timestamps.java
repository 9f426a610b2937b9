package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.record.EpochTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;

/** Timestamps of rows: RFC 3339, or numbers in a unit that the message names. */
final class Timestamps {
  private Timestamps() {}

  /**
   * Microseconds since the epoch; anything finer is truncated.
   *
   * @throws IllegalArgumentException if it is not a timestamp
   * @throws ArithmeticException if it does not fit
   */
  static long micros(Object raw, TimeUnit unit) {
    if (raw instanceof Long number) {
      return unit.micros(number);
    }
    if (raw instanceof BigDecimal number) {
      return unit.micros(number);
    }
    if (raw instanceof String text) {
      try {
        return EpochTime.micros(EpochTime.instant(text), RoundingMode.FLOOR);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("no such date or time of day", e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "must be RFC 3339 with a zone, or a number in the unit", e);
      }
    }
    throw new IllegalArgumentException("must be RFC 3339 with a zone, or a number in the unit");
  }
}
