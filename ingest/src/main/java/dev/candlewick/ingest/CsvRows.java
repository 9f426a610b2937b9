package dev.candlewick.ingest;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.candlewick.ingest.DecodeException.Fault;
import dev.candlewick.record.EpochTime;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a CSV body: a header line of field names, then a line per row. Spaces around
 * names and cells, blank lines and a comma at the end of a line mean nothing.
 */
final class CsvRows {
  /** Follows the body when it is parsed: an unclosed quote would take it in. */
  private static final String END = "end of the body";

  private static final Pattern LINE = Pattern.compile("line ([0-9]+)");

  private final Kind kind;
  private final boolean skipsBadLines;
  private final int maxRows;
  private final List<RawRow> rows = new ArrayList<>();

  /** {@code skipsBadLines}: whether a line with too many or too few cells becomes a bad row. */
  CsvRows(Kind kind, boolean skipsBadLines, int maxRows) {
    this.kind = kind;
    this.skipsBadLines = skipsBadLines;
    this.maxRows = maxRows;
  }

  List<RawRow> read(String text) throws DecodeException {
    Iterator<CsvRecord> lines =
        CsvReader.builder()
            .commentStrategy(CommentStrategy.NONE)
            .trimWhitespacesAroundQuotes(true)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .ofCsvRecord(text + "\n" + END)
            .iterator();
    try {
      List<Field> header = header(next(lines));
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

  private List<Field> header(CsvRecord line) throws DecodeException {
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
    List<Field> fields = new ArrayList<>();
    for (String name : names) {
      Field field = Field.of(name);
      if (field == null || kind.foreignFields.contains(field)) {
        throw malformed(
            place
                + "column \""
                + Rejection.excerpt(name)
                + "\" is not a field of "
                + kind.word()
                + "; the first line must name the fields");
      }
      if (fields.contains(field)) {
        throw malformed(place + "duplicate column \"" + name + "\"");
      }
      fields.add(field);
    }
    return fields;
  }

  private void add(List<Field> header, CsvRecord line) throws DecodeException {
    List<String> cells = cells(line);
    if (cells.size() == 1 && cells.get(0).isEmpty()) {
      return;
    }
    if (cells.size() == header.size() + 1 && cells.get(header.size()).isEmpty()) {
      cells.remove(header.size());
    }
    if (cells.size() == header.size()) {
      rows.add(row(header, cells));
    } else {
      String fault =
          "line %d has %d cells, the header has %d"
              .formatted(line.getStartingLineNumber(), cells.size(), header.size());
      if (!skipsBadLines) {
        throw malformed(fault);
      }
      rows.add(RawRow.unreadable(fault));
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

  /** Cells are text; those that must be numbers, truths or lists elsewhere are made so here. */
  private static RawRow row(List<Field> header, List<String> cells) {
    RawRow row = new RawRow();
    for (int i = 0; i < cells.size(); i++) {
      row.put(header.get(i), value(header.get(i), cells.get(i)));
    }
    return row;
  }

  private static @Nullable Object value(Field field, String cell) {
    if (cell.isEmpty()) {
      return null;
    }
    return switch (field) {
      case TS -> time(cell);
      case CLOSED -> truth(cell);
      case FLAGS -> List.of(cell.split("[ |;]+"));
      default -> cell;
    };
  }

  private static Object time(String cell) {
    BigDecimal number = EpochTime.number(cell);
    return number == null ? cell : number;
  }

  private static Object truth(String cell) {
    return switch (cell.toLowerCase(Locale.ROOT)) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> cell;
    };
  }

  private static DecodeException malformed(String detail) {
    return new DecodeException(Fault.MALFORMED, detail);
  }
}
