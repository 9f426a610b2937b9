package dev.candlewick.server.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.EpochTime;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * How a request's timestamps are written ({@code unit=s|ms|us|ns|iso}). Internally a timestamp is a
 * long of microseconds since the epoch; an integer in an answer is rounded down to the unit.
 */
public enum Times {
  S(1_000_000, 1, 0),
  MS(1_000, 1, 3),
  US(1, 1, 6),
  NS(1, 1_000, 9),
  /** RFC 3339 in UTC, with no more digits of the second than needed; integers mean ms. */
  ISO(1_000, 1, 3);

  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  /** An offset whose plus sign was not percent-encoded and so arrived as a space. */
  private static final Pattern LOST_PLUS = Pattern.compile("(.{10}[Tt ].*) ([0-9]{2}:[0-9]{2})");

  private static final Pattern NO_SECONDS =
      Pattern.compile("^(.{10}[Tt ][0-9]{2}:[0-9]{2})([Zz]|[+-][0-9:]+)$");

  private final long micros;
  private final long perMicro;
  private final int digits;

  Times(long micros, long perMicro, int digits) {
    this.micros = micros;
    this.perMicro = perMicro;
    this.digits = digits;
  }

  /**
   * The microseconds of a time: a number in this unit, RFC 3339, or a date, which means midnight
   * UTC. Anything finer is rounded; out of range becomes the limit of a long.
   *
   * @throws DateTimeException if there is no such date or time of day
   * @throws IllegalArgumentException if the text is none of these
   */
  long micros(String text, RoundingMode rounding) {
    BigDecimal number = EpochTime.number(text);
    try {
      return number == null
          ? EpochTime.micros(instant(text), rounding)
          : EpochTime.micros(number, digits, rounding);
    } catch (ArithmeticException overflow) {
      return number != null && number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
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

  private static Instant instant(String text) {
    if (DATE.matcher(text).matches()) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    String withPlus = LOST_PLUS.matcher(text).replaceFirst("$1+$2");
    return EpochTime.instant(NO_SECONDS.matcher(withPlus).replaceFirst("$1:00$2"));
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
