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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of a kind as Parquet, made from CSV with a header of their fields. */
public final class Parquet {
  /** The key of the file's metadata under which {@link #shortest} is kept. */
  static final String SHORTEST = "candlewick_shortest";

  private static final int MOST_DIGITS = 38;
  private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9.eE+-]*");

  private final Kind kind;
  private final List<String> fields;
  private final Map<String, Digits> digits = new HashMap<>();

  private static final class Digits {
    private int whole;
    private int fraction = -1;
    private boolean isUniform = true;
    private boolean isShortest = true;

    void sawDecimal(String text) {
      BigDecimal number = new BigDecimal(text);
      isUniform &= fraction < 0 || fraction == number.scale();
      isShortest &= isShortest(number);
      fraction = Math.max(fraction, number.scale());
      whole = Math.max(whole, number.precision() - number.scale());
    }

    void sawLevels(String json) {
      Matcher numbers = NUMBER.matcher(json);
      while (isShortest && numbers.find()) {
        BigDecimal number = new BigDecimal(numbers.group());
        double nearest = number.doubleValue();
        isShortest =
            isShortest(number)
                && !Double.isInfinite(nearest)
                && BigDecimal.valueOf(nearest).compareTo(number) == 0;
      }
    }

    private static boolean isShortest(BigDecimal number) {
      return number.scale() <= 0 || number.stripTrailingZeros().scale() == number.scale();
    }

    /** Whether the values come back from DECIMAL with the digits they have. */
    boolean fitsDecimal() {
      return fraction >= 0
          && (isUniform || isShortest)
          && Math.max(whole, 0) + Math.max(fraction, 0) <= MOST_DIGITS;
    }
  }

  /** {@code fields}: those of the file, in their order. */
  public Parquet(Kind kind, List<String> fields) {
    this.kind = kind;
    this.fields = fields;
    kind.types()
        .forEach(
            (column, type) -> {
              if (type.equals("decimal") || type.equals("levels")) {
                digits.put(column, new Digits());
              }
            });
  }

  /**
   * Notes a value: a decimal column has as many digits as its longest value. Decimals and levels
   * whose digits a typed column would not give back are text.
   */
  public void saw(String field, String value) {
    Digits seen = value.isEmpty() ? null : digits.get(field);
    if (seen == null) {
      return;
    }
    if (kind.type(field).equals("levels")) {
      seen.sawLevels(value);
    } else {
      seen.sawDecimal(value);
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
          "copy (select %s from %s) to %s (format parquet, compression zstd, kv_metadata {%s: %s})"
              .formatted(columns, from, path(parquet), SHORTEST, Engine.quoted(shortest())));
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
      case "levels" -> levels(name, digits.get(field));
      case "words" -> "string_split(" + name + ", ' ')";
      case "decimal" -> decimal(name, digits.get(field));
      default -> name;
    };
  }

  private static String decimal(String name, @Nullable Digits seen) {
    return seen != null && seen.fitsDecimal()
        ? "cast(" + name + " as decimal(38, " + Math.max(seen.fraction, 0) + "))"
        : name;
  }

  private static String levels(String name, @Nullable Digits seen) {
    return seen != null && seen.isShortest
        ? "cast(cast(" + name + " as json) as double[][])"
        : name;
  }

  /** The columns whose numbers have no zeros at their end; others have as many as their type. */
  private String shortest() {
    return fields.stream()
        .filter(
            field -> {
              Digits seen = digits.get(field);
              return seen != null && seen.isShortest;
            })
        .collect(Collectors.joining(","));
  }
}
