package dev.candlewick.client;

import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A file of rows as messages, always cut the same way. */
final class FileMessages implements MessageReader {
  private static final long TELL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Below a server's default limit, with room for the message's header fields. */
  private static final int MOST_BYTES = 200_000;

  /** What is done with a line that is not a row. */
  @FunctionalInterface
  interface BadLines {
    void add(FileRows.BadLineException line) throws IOException;
  }

  private final FileRows rows;
  private final BadLines bad;
  private final String type;
  private final List<String> kind;
  private final int batch;
  private final LongConsumer progress;
  private final StringBuilder tail = new StringBuilder();
  private final FirstRows firstRows = new FirstRows();
  private List<String> defaults = List.of();
  private long toldAt = System.nanoTime();
  private boolean held;
  private boolean isAscending = true;
  private final @Nullable List<String> places;
  private final List<String> lines = new ArrayList<>();

  /** {@code batch}: most rows in a message. Lines that are not rows are passed over. */
  FileMessages(Path file, FileOptions options, int batch) throws IOException {
    this(new FileRows(file, options, found -> {}), options, batch, false, line -> {}, rows -> {});
  }

  /**
   * The same, where {@link #place} and {@link #line} know the last message's rows.
   *
   * @param progress receives from time to time how many rows there were so far
   */
  static FileMessages withLines(Path file, FileOptions options, int batch, LongConsumer progress)
      throws IOException {
    FileRows rows = new FileRows(file, options, found -> {});
    return new FileMessages(rows, options, batch, true, line -> {}, progress);
  }

  /** The same, where {@code told} receives what the file is taken for, and the progress. */
  static FileMessages telling(
      FileArguments.Given given, int batch, Consumer<String> told, BadLines bad)
      throws IOException {
    FileRows rows = new FileRows(given.file(), given.options(), told);
    LongConsumer progress =
        read -> told.accept(String.format(Locale.ROOT, "%s: %,d rows read", given.file(), read));
    return new FileMessages(rows, given.options(), batch, false, bad, progress);
  }

  private FileMessages(
      FileRows rows,
      FileOptions options,
      int batch,
      boolean keepLines,
      BadLines bad,
      LongConsumer progress) {
    this.progress = progress;
    this.rows = rows;
    this.bad = bad;
    this.batch = batch;
    places = keepLines ? new ArrayList<>() : null;
    type = options.kind().type();
    kind =
        options.kind().isRecords()
            ? List.of("\"kind\":\"" + options.kind().name() + "\"")
            : List.of();
  }

  @Override
  public @Nullable RecordedMessage next() throws IOException {
    int count = 0;
    int begin = 0;
    if (places != null) {
      places.clear();
      lines.clear();
    }
    while (count < batch && (held || advance())) {
      CharSequence json = rows.json();
      held =
          count > 0
              && (!defaults.equals(rows.defaults())
                  || tail.length() + 1 - begin + json.length() >= MOST_BYTES);
      if (held) {
        break;
      }
      if (count == 0) {
        begin = begin();
      } else {
        tail.append(',');
      }
      tail.append(json);
      count++;
      if (places != null) {
        places.add(rows.place());
        lines.add(rows.line());
      }
    }
    if (count == 0) {
      return null;
    }
    firstRows.add(count);
    if (System.nanoTime() - toldAt > TELL_EVERY_NANOS) {
      progress.accept(rows());
      toldAt = System.nanoTime();
    }
    return new RecordedMessage(TickMessage.of(type, tail.append("]}").toString(), count), 0);
  }

  /** Begins a message with the fields that are the same in all its rows. */
  private int begin() {
    tail.setLength(0);
    defaults = rows.defaults();
    kind.forEach(field -> tail.append(',').append(field));
    defaults.forEach(field -> tail.append(',').append(field));
    return tail.append(",\"rows\":[").length();
  }

  private boolean advance() throws IOException {
    while (true) {
      try {
        boolean found = rows.next();
        isAscending = isAscending && (!found || rows.isLater());
        return found;
      } catch (FileRows.BadLineException e) {
        bad.add(e);
      }
    }
  }

  /** How many rows there were in messages so far. */
  long rows() {
    return firstRows.rows();
  }

  /** How many lines so far had no row: headers, days without trading. */
  long skipped() {
    return rows.skipped();
  }

  /** Whether every row so far is surely later than those of its instrument before it. */
  boolean isAscending() {
    return isAscending;
  }

  @Override
  public String place(long message, int index) {
    return firstRows.place(message, index);
  }

  /** Where the row of the last message is in the file. */
  String place(int index) {
    return places == null || index >= places.size() ? "" : places.get(index);
  }

  /** The text there. */
  String line(int index) {
    return index >= lines.size() ? "" : lines.get(index);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
