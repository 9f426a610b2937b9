package dev.candlewick.ingest;

import dev.candlewick.ingest.Envelope.TimeUnit;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** Timestamps of the wire: RFC 3339, or integers in a unit that the message names. */
final class Timestamps {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "([Zz]|[+-][0-9]{2}:[0-9]{2})");

  private Timestamps() {}

  /**
   * Microseconds since the epoch, nanoseconds cut off downwards.
   *
   * @throws IllegalArgumentException if it is no timestamp
   * @throws ArithmeticException if it does not fit
   */
  static long micros(Object raw, TimeUnit unit) {
    if (raw instanceof Long number) {
      return unit.micros(number);
    }
    if (raw instanceof String text && RFC_3339.matcher(text).matches()) {
      try {
        Instant instant =
            OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant();
        return Math.addExact(
            Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("no such date or time of day", e);
      }
    }
    throw new IllegalArgumentException("must be RFC 3339 with a zone, or an integer in the unit");
  }
}
