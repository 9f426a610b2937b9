package dev.candlewick.client.format;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Lines of cells. */
interface Table extends Closeable {
  /** The names of the columns if the file's format has them; empty for CSV, whose lines may. */
  List<String> columns();

  /** The first lines, at most {@code count}; {@link #next} returns them again. */
  List<List<String>> peek(int count) throws IOException;

  /**
   * Reads the next line into {@code cells}.
   *
   * @return false at the end
   * @throws FormatException if the line cannot be read, but later ones may be
   */
  boolean next(Cells cells) throws IOException;

  /** Which line was read last, counted as {@link #place} does. */
  long number();

  /** What the line is called: {@code line 17}. */
  String place(long number);
}
