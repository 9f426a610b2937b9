package dev.candlewick.ingest.decode;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import dev.candlewick.ingest.decode.DecodeException.Fault;
import dev.candlewick.ingest.decode.RowReader.Cell;
import dev.candlewick.ingest.row.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the rows of a CSV body: a header line of field names, then one line per row. Spaces around
 * names, blank lines and a trailing comma are ignored.
 */
final class CsvRows<R> {
  /** Appended to the body when it is parsed: an unclosed quote would swallow it. */
  private static final String END = "end of the body";

  /** Per line: more than any kind has columns. Cells after that are ignored. */
  private static final int MOST_CELLS = 1_024;

  private static final Pattern LINE = Pattern.compile("line ([0-9]+)");

  private final RowReader<R> reader;
  private final boolean skipsBadLines;
  private final int maxRows;
  private final List<R> rows = new ArrayList<>();

  private record Line(long number, List<Cell> cells) {}

  private static final class Lines extends AbstractBaseCsvCallbackHandler<Line> {
    private List<Cell> cells = new ArrayList<>();

    @Override
    protected void handleBegin(long startingLineNumber) {
      cells = new ArrayList<>();
    }

    @Override
    protected void handleField(int index, char[] text, int offset, int length, boolean quoted) {
      if (index < MOST_CELLS) {
        cells.add(new Cell(new String(text, offset, length), quoted));
      }
    }

    @Override
    protected Line buildRecord() {
      return new Line(getStartingLineNumber(), cells);
    }
  }

  /**
   * {@code skipsBadLines}: whether a line with too many or too few cells becomes a rejected row.
   */
  CsvRows(RowReader<R> reader, boolean skipsBadLines, int maxRows) {
    this.reader = reader;
    this.skipsBadLines = skipsBadLines;
    this.maxRows = maxRows;
  }

  List<R> read(String text) throws DecodeException {
    Iterator<Line> lines =
        CsvReader.builder()
            .commentStrategy(CommentStrategy.NONE)
            .trimWhitespacesAroundQuotes(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .build(new Lines(), text + "\n" + END)
            .iterator();
    try {
      List<String> header = header(next(lines));
      for (Line line = next(lines); lines.hasNext(); line = next(lines)) {
        add(header, line);
      }
    } catch (CsvParseException e) {
      Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
      throw malformed(
          (line.find() ? line.group() : "a line") + ": not CSV, check its quotes and its length");
    }
    return rows;
  }

  /** The next line, or {@link #END} after the last. */
  private static Line next(Iterator<Line> lines) throws DecodeException {
    Line line = lines.next();
    boolean isEnd = line.cells().size() == 1 && line.cells().get(0).text().equals(END);
    if (!lines.hasNext() && !isEnd) {
      throw malformed("line " + line.number() + ": a quote is never closed");
    }
    return line;
  }

  private List<String> header(Line line) throws DecodeException {
    List<String> names = new ArrayList<>();
    line.cells().forEach(cell -> names.add(cell.text().strip()));
    if (names.equals(List.of(END))) {
      throw malformed("a header line of field names is missing");
    }
    if (names.get(names.size() - 1).isEmpty()) {
      names.remove(names.size() - 1);
    }
    String place = "line " + line.number() + ": ";
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

  private void add(List<String> header, Line line) throws DecodeException {
    List<Cell> cells = line.cells();
    if (cells.size() == 1 && cells.get(0).text().isBlank()) {
      return;
    }
    if (cells.size() == header.size() + 1 && cells.get(header.size()).text().isBlank()) {
      cells.remove(header.size());
    }
    if (cells.size() == header.size()) {
      rows.add(reader.cells(header, cells));
    } else {
      String fault =
          "line %d has %d cells, the header has %d"
              .formatted(line.number(), cells.size(), header.size());
      if (!skipsBadLines) {
        throw malformed(fault);
      }
      rows.add(reader.unreadable(fault));
    }
    if (rows.size() > maxRows) {
      throw new DecodeException(Fault.TOO_LARGE, "more than " + maxRows + " rows");
    }
  }

  private static DecodeException malformed(String detail) {
    return new DecodeException(Fault.MALFORMED, detail);
  }
}
