package dev.candlewick.client.format;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code export} writes and {@code POST /v1/trades} and so on accept: the fields' own names.
 */
final class CandlewickFormat implements Format {
  @Override
  public String name() {
    return "candlewick";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    Kind kind = options.kind();
    if (!heading.columns().contains("ts")) {
      return null;
    }
    Layout layout =
        new Layout("candlewick", kind.type())
            .unit(options.unit())
            .header(heading.headerLines(), heading.columns())
            .width(heading.width(), heading.width());
    for (int i = 0; i < heading.width(); i++) {
      String field = heading.columns().get(i);
      if (!kind.derives(field)) {
        boolean isTime = kind.type(field).equals("timestamp");
        layout.column(
            field, i, isTime ? Conversion.timeAsWritten(options.zone()) : kind.conversion(field));
      }
    }
    return layout;
  }

  /**
   * The first column that is not one of the kind's fields, or a duplicate; null if there is none.
   */
  static @Nullable String unknown(List<String> columns, Kind kind) {
    for (String column : columns) {
      boolean known = kind.all().contains(column) || kind.derives(column);
      if (!known || columns.indexOf(column) != columns.lastIndexOf(column)) {
        return column;
      }
    }
    return null;
  }

  /** Whether the file's name and content are JSON rows, one per line. */
  static boolean isLines(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.(ndjson|jsonl)");
  }
}
