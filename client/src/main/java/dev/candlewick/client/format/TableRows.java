package dev.candlewick.client.format;

import java.io.IOException;
import java.util.Map;

/** The rows of a table according to its layout. */
final class TableRows implements FileRows.Source {
  private final Table table;
  private final Layout layout;
  private final boolean isComparable;
  private final Cells cells = new Cells();
  private long skipped;

  TableRows(Table table, Layout layout) throws IOException {
    this.table = table;
    this.layout = layout;
    isComparable = layout.namesAlike() && !layout.unit().equals("ns");
    for (int i = 0; i < layout.headerLines(); i++) {
      table.next(cells);
    }
  }

  @Override
  public boolean next(StringBuilder json) throws IOException {
    while (table.next(cells)) {
      if (layout.write(cells, json)) {
        return true;
      }
      skipped++;
    }
    return false;
  }

  @Override
  public String place() {
    return table.place(table.number());
  }

  @Override
  public Map<String, String> defaults() {
    return layout.defaults();
  }

  @Override
  public String unit() {
    return layout.unit();
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public String line() {
    return cells.toString();
  }

  @Override
  public boolean isLater(StringBuilder json, Ascending than) {
    return isComparable && than.add(layout.subject(), layout.time(json));
  }

  @Override
  public void close() throws IOException {
    table.close();
  }
}
