package dev.candlewick.ingest.row;

import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.DeclaredKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of a declared kind: the state of its key at {@code ts}.
 *
 * @param instrument null where the row belongs to none
 * @param values by column of the kind, null where absent and for venue and symbol: a String (text;
 *     JSON for json and levels), Long (integer; microseconds since the epoch for timestamp),
 *     Double, BigDecimal or Boolean
 */
public record RecordRow(
    DeclaredKind declared,
    @Nullable InstrumentKey instrument,
    int index,
    long ts,
    List<@Nullable Object> values)
    implements Row {

  /** Also null for a column added by a newer version than the row's. */
  public @Nullable Object value(int place) {
    return place < values.size() ? values.get(place) : null;
  }

  @Override
  public boolean listsInstrument() {
    return !declared.kind().hasBot();
  }

  @Override
  public int subject() {
    return identity().subList(1, 2).hashCode();
  }

  /** Must differ between any two rows of a table; equal objects are equal keys. */
  public List<Object> identity() {
    List<Object> identity = new ArrayList<>();
    identity.add(ts);
    List<Column> columns = declared.kind().columns();
    for (String part : declared.kind().key()) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(part)) {
          identity.add(comparable(columns.get(i).type(), values.get(i)));
        }
      }
    }
    return identity;
  }

  /**
   * Whether the rows say the same; decimals and JSON are compared by meaning, as the database does.
   */
  public boolean sameContent(RecordRow other) {
    if (!Objects.equals(instrument, other.instrument)) {
      return false;
    }
    List<Column> columns =
        declared.version() < other.declared.version()
            ? other.declared.kind().columns()
            : declared.kind().columns();
    for (int i = 0; i < columns.size(); i++) {
      ColumnType type = columns.get(i).type();
      if (!comparable(type, value(i)).equals(comparable(type, other.value(i)))) {
        return false;
      }
    }
    return true;
  }

  private Object comparable(ColumnType type, @Nullable Object value) {
    if (type.isInstrument()) {
      return instrument == null ? "" : instrument;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.stripTrailingZeros();
    }
    if (value != null && (type == ColumnType.JSON || type == ColumnType.LEVELS)) {
      return JsonValue.meaning((String) value);
    }
    return value == null ? List.of() : value;
  }
}
