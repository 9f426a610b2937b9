package dev.candlewick.client.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which column of a table is which field of a row. */
final class Layout {
  private static final Set<String> SUBJECT = Set.of("venue", "symbol");

  /** {@code head} is the field's name in JSON and its colon. */
  private record Column(String field, String head, int cell, Conversion conversion) {}

  /** Says whether a line has no row, without being wrong. */
  @FunctionalInterface
  interface Skipped {
    boolean test(Cells cells);
  }

  /** The system, by its name for {@code --format}. */
  final String format;

  /** {@code trades}, {@code quotes}, {@code candles}, or {@code records}. */
  final String type;

  private final List<Column> columns = new ArrayList<>();
  private final Map<String, String> defaults = new LinkedHashMap<>();
  private int headerLines;
  private List<String> header = List.of();
  private int fewest;
  private int most = Integer.MAX_VALUE;
  private Skipped skipped = cells -> false;
  private Set<String> oneOf = Set.of();
  private String unit = "us";
  private final StringBuilder subject = new StringBuilder();
  private int timeFrom;
  private int timeTo;

  Layout(String format, String type) {
    this.format = format;
    this.type = type;
  }

  /** The field is in that column, from 0; ignored if it is below 0. */
  Layout column(String field, int cell, Conversion conversion) {
    if (cell >= 0) {
      columns.add(new Column(field, "\"" + field + "\":", cell, conversion));
    }
    return this;
  }

  /** A field that is the same in all rows; null: unknown. */
  Layout constant(String field, @Nullable String value) {
    if (value != null) {
      columns.removeIf(column -> column.field().equals(field));
      defaults.put(field, value);
    }
    return this;
  }

  /** What comes before the first row and, as {@code header}, may occur again. */
  Layout header(int lines, List<String> names) {
    headerLines = lines;
    header = lines == 0 ? List.of() : names;
    return this;
  }

  /** How many cells a line has. */
  Layout width(int least, int greatest) {
    fewest = least;
    most = greatest;
    return this;
  }

  /** Lines to skip. */
  Layout skipping(Skipped lines) {
    skipped = lines;
    return this;
  }

  /** A line that has none of these fields has no row. */
  Layout oneOf(String... fields) {
    oneOf = Set.of(fields);
    return this;
  }

  /** The unit of the numbers in {@code ts} that {@link #write} produces. */
  Layout unit(String word) {
    unit = word;
    return this;
  }

  String unit() {
    return unit;
  }

  int headerLines() {
    return headerLines;
  }

  Map<String, String> defaults() {
    return defaults;
  }

  boolean has(String field) {
    return defaults.containsKey(field)
        || columns.stream().anyMatch(column -> column.field().equals(field));
  }

  /**
   * Appends a line's row.
   *
   * @return false if it has none
   */
  boolean write(Cells cells, StringBuilder json) throws FormatException {
    if (skipped.test(cells) || isHeader(cells)) {
      return false;
    }
    if (cells.count() < fewest || cells.count() > most) {
      String expected = fewest == most ? "" + fewest : "from " + fewest;
      throw new FormatException(cells.count() + " columns, not " + expected);
    }
    json.append('{');
    int begin = json.length();
    subject.setLength(0);
    timeFrom = timeTo = begin;
    boolean hasOne = oneOf.isEmpty();
    for (Column column : columns) {
      if (!cells.isEmpty(column.cell())) {
        int mark = json.length();
        if (mark > begin) {
          json.append(',');
        }
        json.append(column.head());
        int value = json.length();
        if (!written(column, cells, json)) {
          json.setLength(mark);
          continue;
        }
        hasOne |= oneOf.contains(column.field());
        if (column.field().equals("ts")) {
          timeFrom = value;
          timeTo = json.length();
        } else if (SUBJECT.contains(column.field())) {
          subject.append(json, mark, json.length());
        }
      }
    }
    json.append('}');
    if (!hasOne) {
      json.setLength(begin - 1);
    }
    return hasOne;
  }

  /**
   * Whether all rows name their instrument in the same way, so that rows with other texts there are
   * of other instruments.
   */
  boolean namesAlike() {
    return columns.stream()
        .noneMatch(c -> SUBJECT.contains(c.field()) && defaults.containsKey(c.field()));
  }

  /** The venue and symbol of the row last written, as far as they are in columns. */
  CharSequence subject() {
    return subject;
  }

  /** The value of {@code ts} in the row last written. */
  String time(StringBuilder json) {
    return json.substring(timeFrom, timeTo);
  }

  private static boolean written(Column column, Cells cells, StringBuilder json)
      throws FormatException {
    try {
      return column.conversion().write(cells, column.cell(), json);
    } catch (FormatException e) {
      throw new FormatException(column.field() + ": " + e.getMessage());
    }
  }

  private boolean isHeader(Cells cells) {
    return !header.isEmpty()
        && cells.count() == header.size()
        && cells.length(0) == header.get(0).length()
        && cells.get(0).equals(header.get(0))
        && cells.toList().equals(header);
  }

  /** {@code binance candles: binance BTCUSDT 1m}, for people. */
  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    columns.forEach(column -> words.add(column.field()));
    return format
        + " "
        + type
        + (defaults.isEmpty() ? "" : " of " + String.join(" ", defaults.values()))
        + ": "
        + String.join(", ", words);
  }
}
