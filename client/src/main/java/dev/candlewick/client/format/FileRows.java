package dev.candlewick.client.format;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of a file, one after another, as JSON that the server accepts. */
public final class FileRows implements Closeable {
  /** How a part of the file is read. */
  interface Source extends Closeable {
    /** Appends the next row; false at the end. */
    boolean next(StringBuilder json) throws IOException;

    String place();

    Map<String, String> defaults();

    /** The unit of the numbers in {@code ts}. */
    String unit();

    /** How many lines had no row. */
    long skipped();

    /** The line last read, to explain why it was rejected. */
    String line();

    /** Whether the row is later than others of its instrument; false if that cannot be told. */
    boolean isLater(StringBuilder json, Ascending than);
  }

  /** A line that is not a row; those after it can still be read. */
  public static final class BadLineException extends IOException {
    private static final long serialVersionUID = 1;

    private final String line;

    BadLineException(String message, String line) {
      super(message);
      this.line = line;
    }

    /** The text there. */
    public String line() {
      return line;
    }
  }

  private final FileOptions options;
  private final Consumer<String> told;
  private final List<Part> parts;
  private final StringBuilder json = new StringBuilder(256);
  private List<String> defaults = List.of();
  private final Ascending before = new Ascending();
  private boolean isAlike = true;
  private @Nullable Source source;
  private @Nullable String format;
  private int part = -1;
  private long skipped;

  /**
   * Opens a file.
   *
   * @param told receives what it is taken for, once for each part of another kind, before its first
   *     row
   * @throws IOException if it cannot be read; the message names it
   */
  public FileRows(Path file, FileOptions options, Consumer<String> told) throws IOException {
    this.options = options;
    this.told = told;
    parts = Part.of(file);
  }

  /**
   * Moves to the next row.
   *
   * @return false at the end
   * @throws BadLineException if the next line is not a row; the one after it may be
   * @throws IOException if the file cannot be read; the message names file and line
   */
  public boolean next() throws IOException {
    json.setLength(0);
    while (true) {
      Source now = source;
      if (now != null) {
        if (read(now)) {
          return true;
        }
        skipped += now.skipped();
        now.close();
        source = null;
      }
      if (++part >= parts.size()) {
        return false;
      }
      source = open(parts.get(part));
    }
  }

  private boolean read(Source now) throws IOException {
    try {
      return now.next(json);
    } catch (FormatException e) {
      json.setLength(0);
      throw new BadLineException(here(now.place()) + ": " + e.getMessage(), now.line());
    } catch (IOException | UncheckedIOException e) {
      throw new IOException(here(now.place()) + ": " + e.getMessage(), e);
    }
  }

  private String here(String place) {
    return parts.get(part) + ": " + place;
  }

  private Source open(Part next) throws IOException {
    try {
      Source opened = source(next);
      List<String> earlier = defaults;
      defaults = new ArrayList<>();
      opened.defaults().forEach((name, value) -> defaults.add(field(name, value)));
      defaults.add(field("unit", opened.unit()));
      isAlike &= earlier.isEmpty() || earlier.equals(defaults);
      return opened;
    } catch (FormatException e) {
      throw new IOException(next + ": line 1: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(next + ": " + e.getMessage(), e);
    }
  }

  private Source source(Part next) throws IOException {
    boolean own =
        options.map().isEmpty() && List.of("auto", "candlewick").contains(options.format());
    if (own && CandlewickFormat.isLines(next.name()) && LineRows.isOwn(next, options.kind())) {
      tell("candlewick " + options.kind());
      return new LineRows(next, options);
    }
    Table table = table(next);
    try {
      Heading heading = Heading.of(next, table);
      if (heading.lines().isEmpty() && !heading.named()) {
        throw new IOException("empty");
      }
      if (heading.lines().isEmpty()) {
        tell("no rows of " + options.kind());
        return new TableRows(table, new Layout("", options.kind().type()));
      }
      Layout layout = Format.of(heading, options);
      check(heading, layout);
      tell(layout.toString());
      return new TableRows(new TableAhead(table), layout);
    } catch (IOException e) {
      table.close();
      throw e;
    }
  }

  private void check(Heading heading, Layout layout) throws FormatException {
    if (layout.format.equals("candlewick")) {
      String unknown = CandlewickFormat.unknown(heading.columns(), options.kind());
      if (unknown != null) {
        throw new OtherKindException(
            "column \"" + unknown + "\": not a field of " + options.kind() + ", or twice");
      }
      FileOptions.Given given = options.given();
      boolean hasInstrument =
          !options.kind().isRecords() || options.kind().types().containsValue("venue");
      if (hasInstrument) {
        given(layout, "venue", given.venue());
        given(layout, "symbol", given.symbol());
      }
      if (!options.kind().isRecords()) {
        given(layout, "timeframe", given.timeframe());
      }
      return;
    }
    List<String> needed =
        options.kind().isRecords()
            ? List.of("ts")
            : options.kind().type().equals("candles")
                ? List.of("ts", "venue", "symbol", "timeframe")
                : List.of("ts", "venue", "symbol");
    for (String field : needed) {
      if (!layout.has(field)) {
        throw new FormatException(
            layout.format
                + ": neither columns nor file name tell the "
                + field
                + (field.equals("ts") ? "" : "; add --" + field));
      }
    }
  }

  /** If rows specify it themselves, theirs counts. */
  private static void given(Layout layout, String field, @Nullable String value) {
    if (value != null) {
      layout.defaults().put(field, value);
    }
  }

  private void tell(String found) {
    if (!found.equals(format)) {
      format = found;
      told.accept(parts.get(part) + ": " + found);
    }
  }

  private Table table(Part next) throws IOException {
    if (next.entry().isEmpty() && QueryTable.reads(next.file())) {
      return QueryTable.open(next.file(), options.table(), options.query());
    }
    String name = next.name().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet") || name.endsWith(".duckdb") || name.endsWith(".sqlite")) {
      throw new IOException(next.entry().isEmpty() ? "not what its name says" : "unpack it first");
    }
    if (name.endsWith(".dbn")) {
      return new DbnTable(next.open());
    }
    try {
      if (name.matches(".*\\.(json|ndjson|jsonl)")) {
        return new JsonTable(next.open());
      }
      Table csv = new CsvTable(next.open());
      return options.map().isEmpty() ? IndexedTable.of(csv) : csv;
    } catch (CharacterCodingException e) {
      throw new IOException(CsvTable.NOT_UTF_8, e);
    }
  }

  private static String field(String name, String value) {
    StringBuilder json = new StringBuilder();
    Conversion.appendQuoted(json, name);
    json.append(':');
    Conversion.appendQuoted(json, value);
    return json.toString();
  }

  /** The row, a JSON object in ASCII. */
  public CharSequence json() {
    return json;
  }

  /** JSON fields that apply to rows without them, including {@code unit}; for this part. */
  public List<String> defaults() {
    return defaults;
  }

  /**
   * Whether the row is later than all rows of its instrument before it, of any timeframe. To be
   * called for each row; false for all that come after one for which it was, or where it cannot be
   * told.
   */
  public boolean isLater() {
    return isAlike && source != null && source.isLater(json, before);
  }

  /** Whether everything so far is in Candlewick's own format, as {@code export} writes it. */
  public boolean isOwn() {
    return format == null || format.startsWith("candlewick ") || format.startsWith("no rows");
  }

  /** Where the row is: {@code a.zip (a-1m.csv): line 17}. */
  public String place() {
    return source == null ? "" : here(source.place());
  }

  /** The text there. */
  public String line() {
    return source == null ? "" : source.line();
  }

  /** How many lines so far had no row and were skipped: headers, days without trading. */
  public long skipped() {
    return skipped + (source == null ? 0 : source.skipped());
  }

  @Override
  public void close() throws IOException {
    if (source != null) {
      source.close();
    }
  }
}
