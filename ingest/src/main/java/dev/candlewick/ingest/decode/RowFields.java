package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.Decimals;
import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.Rejection;
import dev.candlewick.ingest.row.Rejection.Code;
import dev.candlewick.ingest.row.Trade;
import dev.candlewick.ingest.row.TradeIds;
import dev.candlewick.record.MarketKind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of the current row as the types they must have. The first fault of a row is kept
 * and ends its validation: anything read after that is meaningless.
 */
final class RowFields {
  private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9][0-9]{0,18})");

  private final MarketKind kind;
  private RawRow row = RawRow.NOT_AN_OBJECT;
  private int index;
  private @Nullable Rejection rejection;

  RowFields(MarketKind kind) {
    this.kind = kind;
  }

  /** Moves to the next row. */
  void turnTo(RawRow next, int nextIndex) {
    row = next;
    index = nextIndex;
    rejection = null;
    if (row == RawRow.NOT_AN_OBJECT) {
      refuseRow(Code.BAD_TYPE, "a row must be an object");
    } else if (row.fault() != null) {
      refuseRow(Code.BAD_TYPE, row.fault());
    } else if (row.twice() != null) {
      refuseNamed(row.twice(), Code.BAD_TYPE, "given more than once");
    } else if (row.unknown() != null) {
      refuseNamed(Rejection.excerpt(row.unknown()), Code.UNKNOWN_FIELD, "no such field");
    } else {
      for (Field field : Field.foreignTo(kind)) {
        if (row.has(field)) {
          refuse(field, Code.UNKNOWN_FIELD, "not a field of " + kind.word());
        }
      }
    }
  }

  int index() {
    return index;
  }

  @Nullable Rejection rejection() {
    return rejection;
  }

  void refuse(Field field, Code code, String detail) {
    refuseNamed(field.word, code, detail);
  }

  /** Rejects the row when no single field is to blame. */
  void refuseRow(Code code, String detail) {
    refuseNamed(null, code, detail);
  }

  private void refuseNamed(@Nullable String field, Code code, String detail) {
    if (rejection == null) {
      rejection = new Rejection(index, field, code, detail);
    }
  }

  @Nullable Object raw(Field field) {
    return row.value(field);
  }

  /** A string, the row's own or the default for all rows; "" if rejected. */
  String text(Field field, @Nullable String byDefault) {
    Object raw = row.value(field) == null ? byDefault : row.value(field);
    if (raw instanceof String text) {
      return text;
    }
    if (raw == null) {
      refuse(field, Code.MISSING_FIELD, "neither in the row nor beside the rows");
    } else {
      refuse(field, Code.BAD_TYPE, "must be a string");
    }
    return "";
  }

  double number(Field field) {
    Object raw = row.value(field);
    if (raw == null) {
      refuse(field, Code.MISSING_FIELD, field.word + " is required");
      return 0;
    }
    double number = Decimals.parse(raw);
    if (Double.isNaN(number)) {
      if (raw instanceof Double || (raw instanceof String text && Decimals.namesNotFinite(text))) {
        refuse(field, Code.NOT_FINITE, "must be finite");
      } else {
        refuse(field, Code.BAD_TYPE, "must be a number or a decimal string");
      }
    } else if (!Decimals.inRange(number)) {
      refuse(field, Code.OUT_OF_RANGE, "must be 0, or from 1e-30 to 1e30 with either sign");
    }
    return number;
  }

  double notNegative(Field field) {
    double number = number(field);
    if (number < 0) {
      refuse(field, Code.OUT_OF_RANGE, "must not be negative");
    }
    return number;
  }

  @Nullable Double optional(Field field) {
    return row.value(field) == null ? null : (Double) number(field);
  }

  @Nullable Double optionalNotNegative(Field field) {
    return row.value(field) == null ? null : (Double) notNegative(field);
  }

  /** A whole number of at least 0, or null. */
  @Nullable Long optionalCount(Field field) {
    Object raw = row.value(field);
    if (raw == null) {
      return null;
    }
    Optional<Long> count = count(raw);
    if (count.isEmpty()) {
      refuse(field, Code.BAD_TYPE, "must be a whole number");
      return null;
    }
    if (count.get() < 0) {
      refuse(field, Code.OUT_OF_RANGE, "must not be negative");
    }
    return count.get();
  }

  boolean optionalTruth(Field field, boolean byDefault) {
    Object raw = row.value(field);
    if (raw instanceof Boolean truth) {
      return truth;
    }
    if (raw != null) {
      refuse(field, Code.BAD_TYPE, "must be true or false");
    }
    return byDefault;
  }

  /** 0 unknown, 1 buy, 2 sell. */
  short side() {
    Object raw = row.value(Field.SIDE);
    if (raw == null) {
      return 0;
    }
    if (raw.equals("buy")) {
      return 1;
    }
    if (!raw.equals("sell")) {
      refuse(Field.SIDE, Code.BAD_SIDE, "must be buy or sell");
    }
    return 2;
  }

  /** The bits of {@code no_price} and {@code no_volume}. */
  int flags() {
    Object raw = row.value(Field.FLAGS);
    int flags = 0;
    if (raw instanceof List<?> words) {
      for (Object word : words) {
        if (word.equals("no_price")) {
          flags |= Trade.NO_PRICE;
        } else if (word.equals("no_volume")) {
          flags |= Trade.NO_VOLUME;
        } else {
          refuse(Field.FLAGS, Code.OUT_OF_RANGE, "must be of no_price, no_volume");
        }
      }
    } else if (raw != null) {
      refuse(Field.FLAGS, Code.BAD_TYPE, "must be a list of strings");
    }
    return flags;
  }

  /** What a trade row asks for; a trade that is to be changed must have an id. */
  Trade.Action action() {
    Object raw = row.value(Field.ACTION);
    if (raw == null) {
      return Trade.Action.NONE;
    }
    if (!raw.equals("correct") && !raw.equals("cancel")) {
      refuse(Field.ACTION, Code.OUT_OF_RANGE, "must be correct or cancel, or absent");
    } else if (row.value(Field.ID) == null) {
      refuse(Field.ID, Code.MISSING_FIELD, "id is required");
    }
    return raw.equals("cancel") ? Trade.Action.CANCEL : Trade.Action.CORRECT;
  }

  /** The id of a row that cancels; a cancellation has no other fields. */
  TradeIds.Id cancelledId() {
    for (Field field : List.of(Field.PRICE, Field.SIZE, Field.SIDE, Field.FLAGS)) {
      if (row.value(field) != null) {
        refuse(field, Code.UNKNOWN_FIELD, "a row that cancels has only ts and id");
      }
    }
    return id();
  }

  /** The venue's id or, if the feed gives none, what identifies the row. */
  TradeIds.Id id() {
    Object raw = row.value(Field.ID);
    if (raw == null) {
      return TradeIds.none(row.contentId());
    }
    TradeIds.Id id = TradeIds.of(raw);
    if (id == null) {
      refuse(Field.ID, Code.BAD_TYPE, "must be an integer or a string of 1 to 64 characters");
      return TradeIds.none(null);
    }
    return id;
  }

  /** The row's identity if it has no id; null if that is its position in its stream. */
  @Nullable Long contentId() {
    return row.contentId();
  }

  /** A whole number of trades, which some write as 12.0. */
  private static Optional<Long> count(Object raw) {
    double number =
        raw instanceof String text && !text.contains(".") ? Double.NaN : Decimals.parse(raw);
    boolean isWhole = Math.rint(number) == number && Math.abs(number) < 1L << 53;
    return isWhole ? Optional.of((long) number) : whole(raw);
  }

  private static Optional<Long> whole(Object raw) {
    if (raw instanceof Long number) {
      return Optional.of(number);
    }
    if (!(raw instanceof String text) || !WHOLE.matcher(text).matches() || text.equals("-0")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException beyond64Bits) {
      return Optional.empty();
    }
  }
}
