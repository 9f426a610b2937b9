package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.decode.Envelope.TimeUnit;
import dev.candlewick.ingest.row.Decimals;
import dev.candlewick.ingest.row.JsonValue;
import dev.candlewick.ingest.row.Numeral;
import dev.candlewick.ingest.row.RecordRow;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Rejection.Code;
import dev.candlewick.record.Column;
import dev.candlewick.record.Kind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Converts what was written in a field to a value of its column's type, exactly, or rejects it. */
final class RecordValues {
  private static final BigDecimal LEAST_INTEGER = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LARGEST_INTEGER = BigDecimal.valueOf(Long.MAX_VALUE);

  /** The years 1 to 9999, in microseconds since 1970. */
  private static final long FIRST = -62_135_596_800_000_000L;

  private static final long LAST = 253_402_300_799_999_999L;

  private final TimeUnit unit;

  RecordValues(TimeUnit unit) {
    this.unit = unit;
  }

  /** A row is rejected. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    final @Nullable String field;
    final Code code;

    RefusedException(@Nullable String field, Code code, String detail) {
      super(detail, null, false, false);
      this.field = field;
      this.code = code;
    }

    String detail() {
      return String.valueOf(getMessage());
    }
  }

  /** In the form that {@link RecordRow} holds. */
  Object of(Column column, Object raw) throws RefusedException {
    return switch (column.type()) {
      case TEXT -> text(column, raw);
      case INTEGER -> integer(column, raw);
      case NUMBER -> number(column, raw);
      case DECIMAL -> decimal(column, raw);
      case BOOLEAN -> truth(column, raw);
      case TIMESTAMP -> timestamp(column.name(), raw);
      case JSON -> json(column, raw).text();
      case LEVELS -> levels(column, raw);
      case VENUE, SYMBOL -> throw new IllegalStateException("an instrument has no value");
    };
  }

  private static String text(Column column, Object raw) throws RefusedException {
    if (!(raw instanceof String text)) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, "must be a string");
    }
    if (!Kind.isStorable(text)) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, "contains an invalid character");
    }
    if (text.length() > Kind.ROW_BYTES
        || text.getBytes(StandardCharsets.UTF_8).length > Kind.ROW_BYTES) {
      throw new RefusedException(
          column.name(), Code.TOO_LONG, "may have " + Kind.ROW_BYTES + " bytes");
    }
    if (!column.values().isEmpty() && !column.values().contains(text)) {
      throw new RefusedException(
          column.name(),
          Code.NOT_IN_VALUES,
          "must be one of " + Rejection.excerpt(String.join(", ", column.values())));
    }
    return text;
  }

  /** The number that was written; a string of digits counts as one too. */
  private static BigDecimal exact(Column column, Object raw) throws RefusedException {
    if (raw instanceof Long whole) {
      return BigDecimal.valueOf(whole);
    }
    if (raw instanceof BigDecimal number) {
      return number;
    }
    if (raw instanceof Double number && Double.isFinite(number)) {
      return BigDecimal.valueOf(number);
    }
    boolean infinite =
        raw instanceof Double || (raw instanceof String text && Decimals.namesNotFinite(text));
    if (infinite) {
      throw new RefusedException(column.name(), Code.NOT_FINITE, "must be finite");
    }
    BigDecimal number = raw instanceof String text ? Numeral.parse(text) : null;
    if (number != null) {
      return number;
    }
    if (raw instanceof String text && Numeral.isNumber(text)) {
      throw new RefusedException(column.name(), Code.OUT_OF_RANGE, "has too many digits");
    }
    throw new RefusedException(
        column.name(), Code.BAD_TYPE, "must be a number or a decimal string");
  }

  private static void checkBounds(Column column, BigDecimal number) throws RefusedException {
    if (column.min() != null && number.compareTo(column.min()) < 0) {
      throw new RefusedException(
          column.name(), Code.OUT_OF_RANGE, "must be at least " + column.min());
    }
    if (column.max() != null && number.compareTo(column.max()) > 0) {
      throw new RefusedException(
          column.name(), Code.OUT_OF_RANGE, "must be at most " + column.max());
    }
  }

  private static Long integer(Column column, Object raw) throws RefusedException {
    BigDecimal number = exact(column, raw);
    if (number.compareTo(LEAST_INTEGER) < 0 || number.compareTo(LARGEST_INTEGER) > 0) {
      throw new RefusedException(column.name(), Code.OUT_OF_RANGE, "must fit 64 bits");
    }
    if (number.stripTrailingZeros().scale() > 0) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, "must be a whole number");
    }
    checkBounds(column, number);
    return number.longValueExact();
  }

  private static Double number(Column column, Object raw) throws RefusedException {
    BigDecimal number = exact(column, raw);
    double nearest = raw instanceof Double read ? read : number.doubleValue();
    if (Double.isInfinite(nearest) || (nearest == 0 && number.signum() != 0)) {
      throw new RefusedException(column.name(), Code.OUT_OF_RANGE, "must fit a double");
    }
    checkBounds(column, number);
    return nearest + 0.0;
  }

  private static BigDecimal decimal(Column column, Object raw) throws RefusedException {
    BigDecimal number = exact(column, raw);
    if (Numeral.digits(number) > Kind.DECIMAL_DIGITS) {
      throw new RefusedException(
          column.name(), Code.OUT_OF_RANGE, "may have " + Kind.DECIMAL_DIGITS + " digits");
    }
    checkBounds(column, number);
    return number;
  }

  private static Boolean truth(Column column, Object raw) throws RefusedException {
    if (!(raw instanceof Boolean truth)) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, "must be true or false");
    }
    return truth;
  }

  /** Microseconds since the epoch, between the years 1 and 9999. */
  long timestamp(String field, Object raw) throws RefusedException {
    try {
      long micros = Timestamps.micros(raw, unit);
      if (micros < FIRST || micros > LAST) {
        throw new RefusedException(field, Code.TS_OUT_OF_RANGE, "not in the years 1 to 9999");
      }
      return micros;
    } catch (IllegalArgumentException e) {
      throw new RefusedException(field, Code.BAD_TIMESTAMP, String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      throw new RefusedException(
          field, Code.TS_OUT_OF_RANGE, "too far from 1970 to be in this unit");
    }
  }

  private static JsonValue json(Column column, Object raw) throws RefusedException {
    if (!(raw instanceof JsonValue value)) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, "must be JSON");
    }
    if (value.fault() != null) {
      throw new RefusedException(column.name(), Code.BAD_TYPE, value.fault());
    }
    return value;
  }

  private static String levels(Column column, Object raw) throws RefusedException {
    String levels = raw instanceof JsonValue value && value.fault() == null ? value.levels() : null;
    if (levels == null) {
      throw new RefusedException(
          column.name(), Code.BAD_TYPE, "must be a list of [price, size], size at least 0");
    }
    return levels;
  }
}
