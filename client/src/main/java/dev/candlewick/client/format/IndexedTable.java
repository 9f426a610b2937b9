package dev.candlewick.client.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * CSV as pandas writes a frame: its first column is the index, without a name. One that only counts
 * rows is left out, any other is the time.
 */
final class IndexedTable implements Table {
  private static final int LOOKED_AT = 5;

  /** Fewer digits than a time has. */
  private static final String COUNT = "[0-9]{1,9}";

  private final Table csv;
  private final boolean isCount;
  private final Cells line = new Cells();

  private IndexedTable(Table csv, boolean isCount) {
    this.csv = csv;
    this.isCount = isCount;
  }

  /** The table, with its index understood if it has one. */
  static Table of(Table csv) throws IOException {
    List<List<String>> lines = csv.peek(LOOKED_AT);
    List<String> names = lines.isEmpty() ? List.of() : lines.get(0);
    boolean isIndexed = names.size() > 2 && names.indexOf("") == 0 && names.lastIndexOf("") == 0;
    if (!isIndexed || lines.size() < 2) {
      return csv;
    }
    boolean isCount = lines.stream().skip(1).allMatch(line -> line.get(0).matches(COUNT));
    return isCount || !names.contains("ts") ? new IndexedTable(csv, isCount) : csv;
  }

  @Override
  public List<String> columns() {
    return csv.columns();
  }

  @Override
  public List<List<String>> peek(int count) throws IOException {
    List<List<String>> lines = new ArrayList<>();
    for (List<String> cells : csv.peek(count)) {
      List<String> rest = new ArrayList<>(cells.subList(1, cells.size()));
      if (!isCount) {
        rest.add(0, lines.isEmpty() ? "ts" : cells.get(0));
      }
      lines.add(rest);
    }
    return lines;
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    if (!isCount) {
      return csv.next(cells);
    }
    boolean found = csv.next(line);
    cells.clear();
    for (int i = 1; found && i < line.count(); i++) {
      cells.add(line.get(i));
    }
    return found;
  }

  @Override
  public long number() {
    return csv.number();
  }

  @Override
  public String place(long number) {
    return csv.place(number);
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
