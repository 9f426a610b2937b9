package dev.candlewick.client;

import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** A file of rows as messages, always cut the same way. */
final class FileMessages implements MessageReader {
  /** Below a server's default limit, with room for the message's header fields. */
  private static final int MOST_BYTES = 200_000;

  /** More messages than a server allows in flight. */
  private static final int REMEMBERED = 1 << 16;

  private final FileRows rows;
  private final String type;
  private final List<String> kind;
  private final int batch;
  private final List<String> json = new ArrayList<>();
  private final AtomicLongArray firstRows = new AtomicLongArray(REMEMBERED);
  private List<String> defaults = List.of();
  private int bytes;
  private long messages;
  private long row;
  private boolean held;
  private final @Nullable List<String> places;
  private final List<String> lines = new ArrayList<>();

  /** {@code batch}: most rows in a message. */
  FileMessages(Path file, FileOptions options, int batch) throws IOException {
    this(file, options, batch, false);
  }

  /** {@code keepLines}: so that {@link #place} and {@link #line} know the last message's rows. */
  FileMessages(Path file, FileOptions options, int batch, boolean keepLines) throws IOException {
    places = keepLines ? new ArrayList<>() : null;
    rows = new FileRows(file, options, found -> {});
    type = options.kind().type();
    kind =
        options.kind().isRecords()
            ? List.of("\"kind\":\"" + options.kind().name() + "\"")
            : List.of();
    this.batch = batch;
  }

  @Override
  public @Nullable RecordedMessage next() throws IOException {
    json.clear();
    bytes = 0;
    if (places != null) {
      places.clear();
      lines.clear();
    }
    while (json.size() < batch && (held || advance())) {
      CharSequence text = rows.json();
      boolean another = !json.isEmpty() && !defaults.equals(rows.defaults());
      held = another || (!json.isEmpty() && bytes + text.length() >= MOST_BYTES);
      if (held) {
        break;
      }
      defaults = rows.defaults();
      json.add(text.toString());
      if (places != null) {
        places.add(rows.place());
        lines.add(rows.line());
      }
      bytes += text.length() + 1;
    }
    if (json.isEmpty()) {
      return null;
    }
    messages++;
    firstRows.set((int) (messages % REMEMBERED), row);
    row += json.size();
    List<String> fields = new ArrayList<>(kind);
    fields.addAll(defaults);
    return new RecordedMessage(TickMessage.ofRows(type, fields, json), 0);
  }

  /** Moves to the next row; lines that are not rows were reported before. */
  private boolean advance() throws IOException {
    while (true) {
      try {
        return rows.next();
      } catch (FileRows.BadLineException e) {
        // Already in the file of rejects, otherwise the file would not be sent.
      }
    }
  }

  @Override
  public String place(long message, int index) {
    return "row " + (firstRows.get((int) (message % REMEMBERED)) + index + 1);
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
