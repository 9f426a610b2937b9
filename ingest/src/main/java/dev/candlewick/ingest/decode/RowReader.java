package dev.candlewick.ingest.decode;

import java.util.List;

/** How the rows of one kind are read where a body is lines, not one JSON value. */
interface RowReader<R> {
  /**
   * A cell of CSV.
   *
   * @param text with all its spaces
   * @param quoted whether it was in quotes, so that the spaces are meant
   */
  record Cell(String text, boolean quoted) {}

  /** The kind's word. */
  String word();

  /** Whether the kind has a field of this name. */
  boolean knows(String field);

  /** One line of NDJSON. */
  R line(byte[] json, int from, int length) throws DecodeException;

  /** One line of CSV: as many cells as the header has names; an empty one is no value. */
  R cells(List<String> header, List<Cell> cells);

  /** In place of a line that cannot be read. */
  R unreadable(String fault);
}
