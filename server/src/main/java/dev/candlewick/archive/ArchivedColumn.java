package dev.candlewick.archive;

import dev.candlewick.client.format.Engine;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A column of an archive file.
 *
 * @param sql PostgreSQL's expression for its CSV values
 */
record ArchivedColumn(String name, Form form, String sql) {
  /** Values that decimal(38, 18) holds with all their digits. */
  private static final String PLAIN_DECIMAL = "-?[0-9]{1,20}([.][0-9]{1,18}0*)?";

  /** Its name in DuckDB's SQL. */
  String quoted() {
    return Engine.named(name);
  }

  /** DuckDB's expression that converts a CSV value to the file's type. */
  String typed(boolean isPlain) {
    String value = quoted();
    String typed =
        switch (form) {
          case TIME -> "cast(make_timestamp(cast(%s as bigint)) as timestamptz)".formatted(value);
          case NUMBER -> "cast(" + value + " as double)";
          case INTEGER -> "cast(" + value + " as bigint)";
          case BOOLEAN -> "cast(" + value + " as boolean)";
          case WORDS -> "string_split(" + value + ", ' ')";
          case DECIMAL -> isPlain ? "cast(" + value + " as decimal(38, 18))" : value;
          case TEXT -> value;
        };
    return typed + " as " + value;
  }

  /** DuckDB's expression for whether all CSV values are plain decimals. */
  String plainDecimals() {
    return "coalesce(bool_and(regexp_full_match(" + quoted() + ", '" + PLAIN_DECIMAL + "')), true)";
  }

  /**
   * DuckDB's expression that reads a value from the file in a form that {@link #differs}
   * understands.
   */
  String read() {
    return switch (form) {
      case TIME -> "epoch_us(" + quoted() + ")";
      case WORDS -> "array_to_string(" + quoted() + ", ' ')";
      case DECIMAL -> "cast(" + quoted() + " as varchar)";
      default -> quoted();
    };
  }

  /** Whether the value read at that place differs from the CSV; null there is null here. */
  boolean differs(@Nullable String csv, ResultSet row, int place) throws SQLException {
    Object read = row.getObject(place);
    if (csv == null || read == null) {
      return csv != null || read != null;
    }
    return !switch (form) {
      case TIME, INTEGER -> read.equals(Long.valueOf(csv));
      case NUMBER -> read.equals(Double.valueOf(csv));
      case BOOLEAN -> read.equals(csv.equals("t"));
      case DECIMAL -> new BigDecimal(read.toString()).compareTo(new BigDecimal(csv)) == 0;
      case TEXT, WORDS -> read.toString().equals(csv);
    };
  }
}
