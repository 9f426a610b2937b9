package dev.candlewick.ingest.decode;

import java.util.List;

/** How rows of one kind are read from a body of lines, rather than one JSON value. */
interface RowReader<R> {
  /**
   * A CSV cell.
   *
   * @param text with all its spaces
   * @param quoted whether it was quoted, so that its spaces are intentional
   */
  record Cell(String text, boolean quoted) {}

  /** The kind's name. */
  String word();

  /** Whether the kind has a field with this name. */
  boolean knows(String field);

  /** One line of NDJSON. */
  R line(byte[] json, int from, int length) throws DecodeException;

  /** One line of CSV, with as many cells as the header has names; an empty cell is no value. */
  R cells(List<String> header, List<Cell> cells);

  /** In place of a line that cannot be read. */
  R unreadable(String fault);
}
