package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * How a request's timestamps are written ({@code unit=s|ms|us|ns|iso}). Inside, a timestamp is a
 * long of microseconds since the epoch; an integer is never finer than asked, it is rounded down.
 */
public enum Times {
  S(1_000_000, 1),
  MS(1_000, 1),
  US(1, 1),
  NS(1, 1_000),
  /** RFC 3339 in UTC, with no more digits of the second than are needed; integers mean ms. */
  ISO(1_000, 1);

  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  /** An offset whose plus sign was not percent-encoded and so came through as a space. */
  private static final Pattern LOST_PLUS = Pattern.compile("(.*[Tt].*) ([0-9]{2}:[0-9]{2})");

  private final long micros;
  private final long perMicro;

  Times(long micros, long perMicro) {
    this.micros = micros;
    this.perMicro = perMicro;
  }

  /** The microseconds of an integer in this unit; at the ends of what a long holds, those ends. */
  public long micros(long value) {
    try {
      return Math.floorDiv(Math.multiplyExact(value, micros), perMicro);
    } catch (ArithmeticException overflow) {
      return value < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** The integer in this unit, for {@link #ISO} milliseconds. */
  private long integer(long timestamp) {
    return Math.floorDiv(timestamp, micros) * perMicro;
  }

  /** The timestamp as text, without quotes. */
  public String text(long timestamp) {
    return this == ISO ? instant(timestamp).toString() : Long.toString(integer(timestamp));
  }

  /** Writes the timestamp as a JSON value: an integer, or a string for {@link #ISO}. */
  public void write(JsonGenerator json, long timestamp) throws IOException {
    if (this == ISO) {
      json.writeString(text(timestamp));
    } else {
      json.writeNumber(integer(timestamp));
    }
  }

  /** Writes a field with that timestamp. */
  public void field(JsonGenerator json, String name, long timestamp) throws IOException {
    json.writeFieldName(name);
    write(json, timestamp);
  }

  /**
   * The microseconds of an RFC 3339 timestamp, or of a date's midnight in UTC.
   *
   * @throws DateTimeException if the text is neither
   */
  static long parse(String text) {
    if (DATE.matcher(text).matches()) {
      return micros(LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
    }
    return micros(OffsetDateTime.parse(LOST_PLUS.matcher(text).replaceFirst("$1+$2")).toInstant());
  }

  /** The instant of a timestamp in microseconds. */
  public static Instant instant(long timestamp) {
    return Instant.EPOCH.plus(timestamp, ChronoUnit.MICROS);
  }

  /** The microseconds of an instant, rounded down. */
  public static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
