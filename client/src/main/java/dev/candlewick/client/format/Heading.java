package dev.candlewick.client.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The start of a table, from which its format is detected.
 *
 * @param name of the file, unpacked
 * @param path of the file on disk, for formats whose folders say something
 * @param columns their names; for CSV the cells of its first line, which may not be names
 * @param lines the first lines, for CSV with {@link #columns} as the first
 * @param named whether the columns are certainly names: then no line holds them
 */
record Heading(
    String name, Path path, List<String> columns, List<List<String>> lines, boolean named) {

  private static final int LOOKED_AT = 5;

  static Heading of(Part part, Table table) throws IOException {
    boolean named = !table.columns().isEmpty();
    List<List<String>> lines = table.peek(named ? 1 : LOOKED_AT);
    List<String> first = lines.isEmpty() ? List.of() : lines.get(0);
    return new Heading(part.name(), part.file(), named ? table.columns() : first, lines, named);
  }

  /** The column with one of these names, in any case if need be; -1 if there is none. */
  int at(String... names) {
    for (String name : names) {
      int exact = columns.indexOf(name);
      if (exact >= 0) {
        return exact;
      }
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).strip().equalsIgnoreCase(name)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Whether there are columns with all these names. */
  boolean has(String... names) {
    for (String name : names) {
      if (at(name) < 0) {
        return false;
      }
    }
    return true;
  }

  int width() {
    return columns.size();
  }

  /** How many lines at the start of the file are the header. */
  int headerLines() {
    return named ? 0 : 1;
  }

  /** Whether the first line consists of numbers, except for those columns. */
  boolean isNumbers(int... exceptions) {
    if (named || lines.isEmpty()) {
      return false;
    }
    List<String> first = lines.get(0);
    for (int i = 0; i < first.size(); i++) {
      int column = i;
      boolean excepted = Arrays.stream(exceptions).anyMatch(e -> e == column);
      if (!excepted && !first.get(i).matches("-?[0-9.]+([eE][-+]?[0-9]+)?")) {
        return false;
      }
    }
    return !first.isEmpty();
  }

  boolean isTruth(int column) {
    return !lines.isEmpty()
        && column < lines.get(0).size()
        && lines.get(0).get(column).matches("(?i)true|false");
  }

  /** What the file's name says, or the name of the archive it was in; null if it does not match. */
  @Nullable Matcher named(Pattern pattern) {
    Matcher inside = pattern.matcher(name);
    if (inside.find()) {
      return inside;
    }
    Matcher outside = pattern.matcher(String.valueOf(path.getFileName()));
    return outside.find() ? outside : null;
  }
}
