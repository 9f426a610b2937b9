package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.RowType;
import dev.candlewick.record.EpochTime;
import dev.candlewick.record.MarketKind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded frame or body: its header fields, and its rows as they were written.
 *
 * @param type the {@code t} of a frame; absent in a REST body
 * @param seq the message's number in its stream, -1 if it has none
 * @param version of the protocol, -1 if not given
 * @param kind of the records, in a frame of records
 */
public record Envelope(
    @Nullable String type,
    long seq,
    long version,
    @Nullable String stream,
    @Nullable String kind,
    Defaults defaults,
    @Nullable List<RawRow> rows) {

  /** Defaults for rows that do not specify these themselves. */
  public record Defaults(
      @Nullable String venue,
      @Nullable String symbol,
      @Nullable String timeframe,
      @Nullable TimeUnit namedUnit) {

    /** The unit of integer timestamps: milliseconds unless another is named. */
    TimeUnit unit() {
      return namedUnit == null ? TimeUnit.MS : namedUnit;
    }
  }

  /**
   * What a frame's rows are.
   *
   * @throws DecodeException if {@code t} is no word of theirs
   */
  public RowType rowType() throws DecodeException {
    return RowType.of(type == null ? "" : type)
        .orElseThrow(
            () ->
                new DecodeException(
                    DecodeException.Fault.BAD_MESSAGE,
                    "t must be " + MarketKind.words() + " or " + RowType.RECORDS.word()));
  }

  /** A body that is rows alone. */
  static Envelope ofRows(Defaults defaults, List<RawRow> rows) {
    return new Envelope(null, -1, -1, null, null, defaults, rows);
  }

  /** The same, with anything the body itself does not specify taken from the query string. */
  public Envelope withDefaults(Defaults query) {
    Defaults filled =
        new Defaults(
            either(defaults.venue, query.venue),
            either(defaults.symbol, query.symbol),
            either(defaults.timeframe, query.timeframe),
            defaults.namedUnit == null ? query.namedUnit : defaults.namedUnit);
    return new Envelope(type, seq, version, stream, kind, filled, rows);
  }

  private static @Nullable String either(@Nullable String own, @Nullable String other) {
    return own == null ? other : own;
  }

  /** The unit of integer timestamps. */
  public enum TimeUnit {
    S(1_000_000, 1, 0),
    MS(1_000, 1, 3),
    US(1, 1, 6),
    NS(1, 1_000, 9);

    private final long times;
    private final long per;
    private final int digits;

    TimeUnit(long times, long per, int digits) {
      this.times = times;
      this.per = per;
      this.digits = digits;
    }

    /** Microseconds since the epoch. Throws {@link ArithmeticException} on overflow. */
    long micros(long value) {
      return Math.floorDiv(Math.multiplyExact(value, times), per);
    }

    /** The same for a number with a fraction; anything finer than a microsecond is truncated. */
    long micros(BigDecimal value) {
      return EpochTime.micros(value, digits, RoundingMode.FLOOR);
    }

    public static @Nullable TimeUnit of(String word) {
      return switch (word) {
        case "s" -> S;
        case "ms" -> MS;
        case "us" -> US;
        case "ns" -> NS;
        default -> null;
      };
    }
  }
}
