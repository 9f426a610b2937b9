package dev.candlewick.client.format;

import java.util.Map;

/** A table for which the user says which column is which field: {@code --map}. */
final class MappedFormat {
  private MappedFormat() {}

  static Layout layout(Heading heading, FileOptions options) throws FormatException {
    Kind kind = options.kind();
    Layout layout =
        new Layout("map", kind.type())
            .header(heading.headerLines(), heading.columns())
            .width(heading.width(), heading.width());
    for (Map.Entry<String, String> pair : options.map().entrySet()) {
      String field = pair.getKey();
      if (!kind.all().contains(field)) {
        throw new FormatException("--map: " + field + " is not a field of " + kind);
      }
      String column = pair.getValue();
      String unit = "ms";
      int colon = column.lastIndexOf(':');
      if (heading.at(column) < 0 && colon > 0 && isUnit(column.substring(colon + 1))) {
        unit = column.substring(colon + 1);
        column = column.substring(0, colon);
      }
      Times times = new Times(unit, options.zone());
      int plus = column.indexOf('+');
      if (isTime(kind, field) && plus > 0 && heading.at(column) < 0) {
        int clock = cell(heading, column.substring(plus + 1));
        int day = cell(heading, column.substring(0, plus));
        layout.column(field, day, Conversion.time(times, clock));
      } else {
        layout.column(field, cell(heading, column), conversion(kind, field, times));
      }
    }
    FileOptions.Given given = options.given();
    if (!kind.isRecords()) {
      layout.constant("venue", given.venue()).constant("symbol", given.symbol());
    }
    if (kind.type().equals("candles")) {
      layout.constant("timeframe", given.timeframe());
    }
    return layout;
  }

  private static int cell(Heading heading, String column) throws FormatException {
    int cell = heading.at(column);
    if (cell < 0) {
      throw new FormatException(
          "--map: no column " + column + " among " + String.join(",", heading.columns()));
    }
    return cell;
  }

  private static boolean isTime(Kind kind, String field) {
    return field.equals("ts") || "timestamp".equals(kind.types().get(field));
  }

  private static boolean isUnit(String word) {
    return Times.UNITS.contains(word) || word.equals("digits");
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
