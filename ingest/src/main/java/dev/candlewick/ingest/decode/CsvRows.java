package dev.candlewick.ingest.decode;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.row.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the rows of a CSV body: a header line of field names, then a line per row. Spaces around
 * names and cells, blank lines and a comma at the end of a line mean nothing.
 */
final class CsvRows<R> {
  /** Follows the body when it is parsed: an unclosed quote would take it in. */
  private static final String END = "end of the body";

  private static final Pattern LINE = Pattern.compile("line ([0-9]+)");

  private final RowReader<R> reader;
  private final boolean skipsBadLines;
  private final int maxRows;
  private final List<R> rows = new ArrayList<>();

  /** {@code skipsBadLines}: whether a line with too many or too few cells becomes a bad row. */
  CsvRows(RowReader<R> reader, boolean skipsBadLines, int maxRows) {
    this.reader = reader;
    this.skipsBadLines = skipsBadLines;
    this.maxRows = maxRows;
  }

  List<R> read(String text) throws DecodeException {
    Iterator<CsvRecord> lines =
        CsvReader.builder()
            .commentStrategy(CommentStrategy.NONE)
            .trimWhitespacesAroundQuotes(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .ofCsvRecord(text + "\n" + END)
            .iterator();
    try {
      List<String> header = header(next(lines));
      for (CsvRecord line = next(lines); lines.hasNext(); line = next(lines)) {
        add(header, line);
      }
    } catch (CsvParseException e) {
      Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
      throw malformed(
          (line.find() ? line.group() : "a line") + ": not CSV, check its quotes and its length");
    }
    return rows;
  }

  /** The next line; the one after the last is {@link #END}. */
  private static CsvRecord next(Iterator<CsvRecord> lines) throws DecodeException {
    CsvRecord line = lines.next();
    boolean isEnd = line.getFieldCount() == 1 && line.getField(0).equals(END);
    if (!lines.hasNext() && !isEnd) {
      throw malformed("line " + line.getStartingLineNumber() + ": a quote is never closed");
    }
    return line;
  }

  private List<String> header(CsvRecord line) throws DecodeException {
    List<String> names = cells(line);
    if (names.equals(List.of(END))) {
      throw malformed("a header line of field names is missing");
    }
    if (names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    String place = "line " + line.getStartingLineNumber() + ": ";
    if (names.size() == 1 && names.get(0).matches(".*[;\t|].*")) {
      throw malformed(
          place
              + "the columns are separated by "
              + (names.get(0).contains(";") ? "semicolons" : "another character")
              + ", they must be separated by commas");
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!reader.knows(name)) {
        throw malformed(
            place
                + "column \""
                + Rejection.excerpt(name)
                + "\" is not a field of "
                + reader.word()
                + "; the first line must name the fields");
      }
      if (!seen.add(name)) {
        throw malformed(place + "duplicate column \"" + name + "\"");
      }
    }
    return names;
  }

  private void add(List<String> header, CsvRecord line) throws DecodeException {
    List<String> cells = reader.trims() ? cells(line) : new ArrayList<>(line.getFields());
    if (cells.size() == 1 && cells.get(0).isBlank()) {
      return;
    }
    if (cells.size() == header.size() + 1 && cells.get(header.size()).isBlank()) {
      cells.remove(header.size());
    }
    if (cells.size() == header.size()) {
      rows.add(reader.cells(header, cells));
    } else {
      String fault =
          "line %d has %d cells, the header has %d"
              .formatted(line.getStartingLineNumber(), cells.size(), header.size());
      if (!skipsBadLines) {
        throw malformed(fault);
      }
      rows.add(reader.unreadable(fault));
    }
    if (rows.size() > maxRows) {
      throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
    }
  }

  private static List<String> cells(CsvRecord line) {
    List<String> cells = new ArrayList<>(line.getFieldCount());
    for (String cell : line.getFields()) {
      cells.add(cell.strip());
    }
    return cells;
  }

  private static DecodeException malformed(String detail) {
    return new DecodeException(Fault.MALFORMED, detail);
  }
}
