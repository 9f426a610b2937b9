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
      int cell = heading.at(column);
      if (cell < 0) {
        throw new FormatException(
            "--map: no column " + column + " among " + String.join(",", heading.columns()));
      }
      layout.column(field, cell, conversion(kind, field, new Times(unit, options.zone())));
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

  private static boolean isUnit(String word) {
    return Times.UNITS.contains(word) || word.equals("digits");
  }

  private static Conversion conversion(Kind kind, String field, Times times) {
    boolean time = field.equals("ts") || "timestamp".equals(kind.types().get(field));
    if (time) {
      return Conversion.time(times);
    }
    if (kind.isRecords()) {
      return kind.conversion(field);
    }
    Conversion own = field.equals("side") ? Conversion.SIDE : kind.conversion(field);
    return own == Conversion.AS_WRITTEN ? Conversion.NUMBER : own;
  }
}
