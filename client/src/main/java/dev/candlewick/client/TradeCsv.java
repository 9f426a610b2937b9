package dev.candlewick.client;

import dev.candlewick.client.format.CsvText;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Trades as CSV: a header of the API's field names ({@code ts,price,size} and any of {@code side,
 * id, venue, symbol, flags}), then one trade per line. {@code ts} is RFC 3339 or an integer in the
 * given unit; flags are separated by spaces, {@code |} or {@code ;}. A cell may be quoted, but may
 * not contain a line break.
 */
final class TradeCsv implements TickReader {
  private static final List<String> FIELDS =
      List.of("ts", "price", "size", "side", "id", "venue", "symbol", "flags");

  private final LineReader lines;
  private final ReplayOptions options;
  private final List<String> header;

  /** Reads the header. */
  TradeCsv(LineReader lines, ReplayOptions options) throws IOException {
    this.lines = lines;
    this.options = options;
    String first = lines.next();
    if (first == null) {
      throw lines.wrong("no header");
    }
    header = cells(first.startsWith("\uFEFF") ? first.substring(1) : first);
    for (String name : header) {
      if (!FIELDS.contains(name) || header.indexOf(name) != header.lastIndexOf(name)) {
        throw lines.wrong("column \"" + name + "\": a header needs each of " + FIELDS + " once");
      }
    }
    for (String name : FIELDS.subList(0, 3)) {
      if (!header.contains(name)) {
        throw lines.wrong("the header has no column \"" + name + "\"");
      }
    }
  }

  @Override
  public @Nullable RecordedTick next() throws IOException {
    String line = lines.next();
    while (line != null && line.isEmpty()) {
      line = lines.next();
    }
    if (line == null) {
      return null;
    }
    List<String> cells = cells(line);
    if (cells.size() != header.size()) {
      throw lines.wrong(cells.size() + " cells under a header of " + header.size());
    }
    try {
      return tick(cells);
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      throw lines.wrong(String.valueOf(e.getMessage()));
    }
  }

  private RecordedTick tick(List<String> cells) {
    String venue = cell(cells, "venue");
    String symbol = cell(cells, "symbol");
    if (symbol == null && options.symbol().isEmpty()) {
      throw new IllegalArgumentException("no symbol, and none given for rows without one");
    }
    Instrument instrument =
        new Instrument(
            venue == null ? options.venue() : venue, symbol == null ? options.symbol() : symbol);
    String side = cell(cells, "side");
    long ts = nanos(required(cells, "ts"));
    Trade trade =
        new Trade(
            ts,
            decimal(cells, "price"),
            decimal(cells, "size"),
            side == null ? null : constant(Trade.Side.class, side),
            cell(cells, "id"),
            flags(cell(cells, "flags")));
    return new RecordedTick(instrument, trade, ts);
  }

  private String decimal(List<String> cells, String name) {
    String text = required(cells, name);
    try {
      new BigDecimal(text);
      return text;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " \"" + text + "\" is not a decimal", e);
    }
  }

  private String required(List<String> cells, String name) {
    String text = cell(cells, name);
    if (text == null) {
      throw new IllegalArgumentException("no " + name);
    }
    return text;
  }

  /** The cell of that column; null if it is empty or there is no such column. */
  private @Nullable String cell(List<String> cells, String name) {
    int column = header.indexOf(name);
    return column < 0 || cells.get(column).isEmpty() ? null : CsvText.plain(cells.get(column));
  }

  private long nanos(String ts) {
    if (ts.matches("-?[0-9]{1,19}")) {
      return Math.multiplyExact(Long.parseLong(ts), options.unitNanos());
    }
    Instant time = OffsetDateTime.parse(ts.replaceFirst(" ", "T")).toInstant();
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  private static Set<Trade.Flag> flags(@Nullable String text) {
    Set<Trade.Flag> flags = EnumSet.noneOf(Trade.Flag.class);
    for (String word : text == null ? new String[0] : text.split("[ |;]+")) {
      flags.add(constant(Trade.Flag.class, word));
    }
    return flags;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String word) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(word)) {
        return constant;
      }
    }
    String kind = type.getSimpleName().toLowerCase(Locale.ROOT);
    throw new IllegalArgumentException("unknown " + kind + " \"" + word + "\"");
  }

  private List<String> cells(String line) throws IOException {
    try {
      return CsvLine.cells(line);
    } catch (IllegalArgumentException e) {
      throw lines.wrong(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
