package dev.candlewick.client.format;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one system writes its files. */
interface Format {
  /** All of them, in the order that {@code auto} tries them. */
  List<Format> ALL =
      List.of(
          new CandlewickFormat(),
          new DatabentoFormat(),
          new MassiveFormat(),
          new CryptoDataDownloadFormat(),
          new DukascopyFormat(),
          new BinanceFormat(),
          new KrakenFormat(),
          new YahooFormat(),
          new CcxtFormat());

  /** Its name for {@code --format}. */
  String name();

  /**
   * Which column is which field.
   *
   * @return null if the table does not have this format
   * @throws FormatException if it has, in a form that cannot be told as rows
   */
  @Nullable Layout layout(Heading heading, FileOptions options) throws FormatException;

  /** The layout of a table; {@code auto} takes the first format that fits. */
  static Layout of(Heading heading, FileOptions options) throws IOException {
    if (!options.map().isEmpty()) {
      return MappedFormat.layout(heading, options);
    }
    for (Format format : ALL) {
      if (options.format().equals("auto") || options.format().equals(format.name())) {
        Layout layout = format.layout(heading, options);
        if (layout != null) {
          return checked(layout, options);
        }
      }
    }
    throw options.format().equals("auto")
        ? new OtherKindException(unknown(heading, options))
        : new FormatException(wrong(heading, options));
  }

  private static String wrong(Heading heading, FileOptions options) {
    String first = String.join(",", heading.columns());
    String shown = first.length() > 200 ? first.substring(0, 200) + "..." : first;
    return "not " + options.format() + ": " + shown;
  }

  private static String unknown(Heading heading, FileOptions options) {
    String column = CandlewickFormat.unknown(heading.columns(), options.kind());
    return (column == null
            ? "no column ts"
            : "column \"" + column + "\": not a field of " + options.kind() + ", or twice")
        + "; of no other known format either: name its columns with --map, or a --format";
  }

  private static Layout checked(Layout layout, FileOptions options) throws FormatException {
    String type = options.kind().type();
    if (!layout.type.equals(type)) {
      throw new OtherKindException(layout.format + " " + layout.type + ", not " + options.kind());
    }
    return layout;
  }
}
