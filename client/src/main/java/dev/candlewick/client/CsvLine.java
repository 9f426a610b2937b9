package dev.candlewick.client;

import java.util.ArrayList;
import java.util.List;

/** One line of CSV (RFC 4180). A cell may be quoted, but may not contain a line break. */
final class CsvLine {
  private CsvLine() {}

  /**
   * The cells of a line.
   *
   * @throws IllegalArgumentException if a quoted cell is not closed
   */
  static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append(line.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("a quoted cell without its closing quote");
    }
    cells.add(cell.toString());
    return cells;
  }
}
