package dev.candlewick.record;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A column of a {@link Kind}.
 *
 * @param name {@code [a-z][a-z0-9_]{0,62}}, not {@code ts}
 * @param required whether each row must have it
 * @param values what a text may be; empty = anything
 * @param min least value of a number, itself included; null = none
 * @param max largest value of a number, itself included; null = none
 */
public record Column(
    String name,
    ColumnType type,
    boolean required,
    List<String> values,
    @Nullable BigDecimal min,
    @Nullable BigDecimal max) {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");
  private static final int MOST_VALUES = 1_000;
  private static final int LONGEST_VALUE = 1_000;

  /** Every PostgreSQL table already has columns with these names. */
  private static final Set<String> SYSTEM =
      Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

  /**
   * Checks the column on its own.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public Column {
    require(NAME.matcher(name).matches(), name, "name must match " + NAME.pattern());
    require(!name.equals("ts"), name, "ts is always there and never declared");
    require(values.isEmpty() || type == ColumnType.TEXT, name, "values fit type text only");
    require(values.size() <= MOST_VALUES, name, "at most " + MOST_VALUES + " values");
    require(new HashSet<>(values).size() == values.size(), name, "values must differ");
    for (String value : values) {
      require(value.length() <= LONGEST_VALUE, name, "a value is too long");
      require(Kind.isStorable(value), name, "a value contains an invalid character");
    }
    boolean bounded = min != null || max != null;
    require(
        !bounded || type.hasBounds(), name, "min and max fit types integer, number and decimal");
    require(min == null || max == null || min.compareTo(max) <= 0, name, "min is above max");
    values = List.copyOf(values);
  }

  private static void require(boolean holds, String name, String what) {
    if (!holds) {
      throw new IllegalArgumentException("column " + name + ": " + what);
    }
  }

  /** The column's name in its table, quoted. Not for venue or symbol. */
  public String sqlName() {
    return SYSTEM.contains(name) ? "\"_" + name + "\"" : "\"" + name + "\"";
  }

  /** Why this column cannot become that one; null if it can. */
  @Nullable String obstacleTo(Column next) {
    if (type != next.type) {
      return "its type is " + type.word();
    }
    if (required != next.required) {
      return required ? "it is required" : "it is not required";
    }
    if (values.isEmpty() != next.values.isEmpty() || !next.values.containsAll(values)) {
      return "values can only be added";
    }
    return same(min, next.min) && same(max, next.max) ? null : "min and max cannot change";
  }

  private static boolean same(@Nullable BigDecimal one, @Nullable BigDecimal other) {
    return one == null || other == null ? one == other : one.compareTo(other) == 0;
  }

  /** The column with the other's additional values appended. */
  Column withValuesOf(Column next) {
    Set<String> all = new LinkedHashSet<>(values);
    all.addAll(next.values);
    return new Column(name, type, required, List.copyOf(all), min, max);
  }
}
