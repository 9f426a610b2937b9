package dev.candlewick.client;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of several kinds, as JSON. */
final class RecordRows {
  private final Map<String, StringBuilder> kinds = new LinkedHashMap<>();

  /** Begins a row. */
  Row add(String kind, long ts) {
    StringBuilder rows = kinds.computeIfAbsent(kind, first -> new StringBuilder());
    rows.append(rows.isEmpty() ? "" : ",").append("{\"ts\":").append(ts).append('}');
    return new Row(rows);
  }

  /** The row that was begun last of its kind. */
  record Row(StringBuilder rows) {
    /** Adds a column, unless its value is unknown. */
    Row with(String column, @Nullable Object value) {
      if (value != null) {
        rows.setLength(rows.length() - 1);
        rows.append(",\"").append(column).append("\":").append(json(value)).append('}');
      }
      return this;
    }
  }

  private static String json(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    boolean plain = value instanceof Number || value instanceof Boolean || value instanceof Json;
    return plain ? value.toString() : '"' + value.toString() + '"';
  }

  /** A value that is already JSON. */
  record Json(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** The rows of each kind, separated by commas. */
  Map<String, String> byKind() {
    Map<String, String> rows = new LinkedHashMap<>();
    kinds.forEach((kind, text) -> rows.put(kind, text.toString()));
    return rows;
  }
}
