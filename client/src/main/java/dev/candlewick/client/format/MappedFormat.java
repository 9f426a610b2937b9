package dev.candlewick.client.format;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A table for which the user says which column is which field: {@code --map}. Where all columns are
 * numbers they are counted, from 1, and the first line is a row if there is a number or date in it.
 */
final class MappedFormat {
  private static final Pattern VALUE = Pattern.compile("[-+]?[0-9.][-0-9.,:/ TZeE+]*");

  private final Heading heading;
  private final FileOptions options;
  private final boolean isNumbered;

  private MappedFormat(Heading heading, FileOptions options) {
    this.heading = heading;
    this.options = options;
    isNumbered = isNumbered();
  }

  static Layout layout(Heading heading, FileOptions options) throws FormatException {
    return new MappedFormat(heading, options).layout();
  }

  private Layout layout() throws FormatException {
    Kind kind = options.kind();
    Layout layout = new Layout("map", kind.type()).width(heading.width(), heading.width());
    boolean hasHeader = heading.headerLines() > 0;
    for (Map.Entry<String, String> pair : options.map().entrySet()) {
      String field = pair.getKey();
      if (!kind.all().contains(field)) {
        throw new FormatException("--map: " + field + " is not a field of " + kind);
      }
      Source source = source(pair.getValue());
      int cell = cell(source.columns().get(0));
      Times times = new Times(source.unit(), options.zone());
      if (source.columns().size() == 2 && isTime(kind, field)) {
        int clock = cell(source.columns().get(1));
        layout.column(field, cell, Conversion.time(times, clock));
      } else {
        layout.column(field, cell, conversion(kind, field, times));
      }
      hasHeader &= !(isNumbered && isValue(cell));
    }
    layout.header(hasHeader ? heading.headerLines() : 0, heading.columns());
    FileOptions.Given given = options.given();
    if (!kind.isRecords()) {
      layout.constant("venue", given.venue()).constant("symbol", given.symbol());
    }
    if (kind.type().equals("candles")) {
      layout.constant("timeframe", given.timeframe());
    }
    return layout;
  }

  /** A column's name; of a time also its unit, and a second column with the time of day. */
  private record Source(List<String> columns, String unit) {}

  private Source source(String text) {
    String column = text;
    String unit = "ms";
    int colon = column.lastIndexOf(':');
    if (heading.at(column) < 0 && colon > 0 && isUnit(column.substring(colon + 1))) {
      unit = column.substring(colon + 1);
      column = column.substring(0, colon);
    }
    int plus = column.indexOf('+');
    return plus > 0 && heading.at(column) < 0
        ? new Source(List.of(column.substring(0, plus), column.substring(plus + 1)), unit)
        : new Source(List.of(column), unit);
  }

  private boolean isNumbered() {
    return !heading.named()
        && options.map().values().stream()
            .flatMap(column -> source(column).columns().stream())
            .allMatch(column -> column.matches("[1-9][0-9]{0,2}"));
  }

  /** Whether the first line has a number or a date there, so that it is a row. */
  private boolean isValue(int cell) {
    return VALUE.matcher(heading.columns().get(cell).strip()).matches();
  }

  private int cell(String column) throws FormatException {
    int cell = isNumbered ? Integer.parseInt(column) - 1 : heading.at(column);
    if (cell < 0 || cell >= heading.width()) {
      throw new FormatException(
          "--map: no column "
              + column
              + " among "
              + String.join(",", heading.columns())
              + (heading.named() ? "" : "; without a header they are counted: ts=1,price=2"));
    }
    return cell;
  }

  private static boolean isTime(Kind kind, String field) {
    return field.equals("ts") || "timestamp".equals(kind.types().get(field));
  }

  private static boolean isUnit(String word) {
    return Times.UNITS.contains(word) || Times.ORDERS.contains(word) || word.equals("digits");
  }

  private static Conversion conversion(Kind kind, String field, Times times) {
    if (isTime(kind, field)) {
      return Conversion.time(times);
    }
    if (kind.isRecords()) {
      return kind.conversion(field);
    }
    Conversion own = field.equals("side") ? Conversion.SIDE : kind.conversion(field);
    return own == Conversion.AS_WRITTEN ? Conversion.NUMBER : own;
  }
}
