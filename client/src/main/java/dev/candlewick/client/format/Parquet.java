package dev.candlewick.client.format;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Rows of a kind as Parquet, made from CSV with a header of their fields. */
public final class Parquet {
  private static final int MOST_DIGITS = 38;

  private final Kind kind;
  private final List<String> fields;
  private final Map<String, Digits> digits = new HashMap<>();

  private static final class Digits {
    private int whole;
    private int fraction;
  }

  /** {@code fields}: those of the file, in their order. */
  public Parquet(Kind kind, List<String> fields) {
    this.kind = kind;
    this.fields = fields;
    kind.types()
        .forEach(
            (column, type) -> {
              if (type.equals("decimal")) {
                digits.put(column, new Digits());
              }
            });
  }

  /** Notes a value: a decimal column has as many digits as its longest value. */
  public void saw(String field, String value) {
    Digits seen = value.isEmpty() ? null : digits.get(field);
    if (seen != null) {
      BigDecimal number = new BigDecimal(value);
      seen.fraction = Math.max(seen.fraction, number.scale());
      seen.whole = Math.max(seen.whole, number.precision() - number.scale());
    }
  }

  /** Creates the file from CSV in the same folder. */
  public void write(Path csv, Path parquet) throws IOException {
    StringJoiner columns = new StringJoiner(", ");
    for (String field : fields) {
      columns.add(value(field) + " as " + Engine.named(field));
    }
    String from =
        "read_csv(%s, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true, sample_size = 1)"
            .formatted(path(csv));
    try (Connection duckdb = Engine.duckdb(List.of(csv, parquet));
        Statement statement = duckdb.createStatement()) {
      statement.execute(
          "copy (select %s from %s) to %s (format parquet, compression zstd)"
              .formatted(columns, from, path(parquet)));
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  private static String path(Path file) {
    return Engine.quoted(file.toAbsolutePath().normalize().toString());
  }

  private String value(String field) {
    String name = Engine.named(field);
    return switch (kind.type(field)) {
      case "timestamp" -> "cast(" + name + " as timestamptz)";
      case "integer" -> "cast(" + name + " as bigint)";
      case "number" -> "cast(" + name + " as double)";
      case "boolean" -> "cast(" + name + " as boolean)";
      case "levels" -> "cast(cast(" + name + " as json) as double[][])";
      case "words" -> "string_split(" + name + ", ' ')";
      case "decimal" -> decimal(name, digits.get(field));
      default -> name;
    };
  }

  private static String decimal(String name, @Nullable Digits seen) {
    int fraction = seen == null ? 0 : Math.max(seen.fraction, 0);
    boolean fits = seen != null && Math.max(seen.whole, 0) + fraction <= MOST_DIGITS;
    return fits ? "cast(" + name + " as decimal(38, " + fraction + "))" : name;
  }
}
