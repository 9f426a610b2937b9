package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The file of rows that were rejected, by the reader or by the server: where, why, and what. */
final class Rejects implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();

  private final CsvWriter csv;

  Rejects(Path file) throws IOException {
    csv = CsvWriter.builder().build(file, StandardCharsets.UTF_8);
    csv.writeRecord("place", "field", "code", "detail", "line");
  }

  /** A line that could not be read. */
  void add(String what, String line) {
    int colon =
        what.lastIndexOf(": line ") < 0 ? 0 : what.indexOf(": ", what.lastIndexOf(": line ") + 2);
    csv.writeRecord(
        what.substring(0, Math.max(colon, 0)),
        "",
        "unreadable",
        what.substring(colon > 0 ? colon + 2 : 0),
        line);
  }

  /**
   * The rows of a file that the server rejected, in this or an earlier run: their numbers among its
   * rows, from 0.
   *
   * @param streams to which its messages were dealt
   * @param into where they are written, each with its reason; null for nowhere
   * @param told receives the progress: millions of rows may have been rejected
   */
  static BitSet of(
      Api api,
      List<String> streams,
      Inspection file,
      int batch,
      @Nullable Rejects into,
      Consumer<String> told)
      throws IOException, InterruptedException {
    List<Refused> all = streams.stream().map(stream -> new Refused(api, stream)).toList();
    boolean none = true;
    for (Refused refused : all) {
      none &= refused.next() == null;
    }
    BitSet rows = new BitSet();
    if (none) {
      return rows;
    }
    int row = 0;
    LongConsumer progress =
        read ->
            told.accept(
                String.format(
                    Locale.ROOT, "%s: %,d rows searched for rejected ones", file.file(), read));
    try (FileMessages messages =
        FileMessages.withLines(file.file(), file.options(), batch, progress)) {
      int made = 0;
      for (RecordedMessage next = messages.next(); next != null; next = messages.next()) {
        Refused refused = all.get(made % all.size());
        long seq = made++ / all.size() + 1;
        for (int index = 0; index < next.message().rows(); index++, row++) {
          Reason why = refused.of(seq, index);
          if (why != null) {
            rows.set(row);
          }
          if (why != null && into != null) {
            String place = messages.place(index);
            into.csv.writeRecord(place, why.field, why.code, why.detail, messages.line(index));
          }
        }
      }
    }
    return rows;
  }

  private record Reason(long seq, long index, String field, String code, String detail) {}

  /** A stream's rejects in the order of its rows, a page at a time: there may be millions. */
  private static final class Refused {
    private final Api api;
    private final String stream;
    private final Deque<Reason> page = new ArrayDeque<>();
    private String after = "0";
    private boolean ended;

    Refused(Api api, String stream) {
      this.api = api;
      this.stream = stream;
    }

    /** Of a row, all rows before which have been asked for; null if it was not rejected. */
    @Nullable Reason of(long seq, long index) throws IOException, InterruptedException {
      Reason next = next();
      while (next != null && (next.seq < seq || (next.seq == seq && next.index < index))) {
        page.poll();
        next = next();
      }
      return next != null && next.seq == seq && next.index == index ? next : null;
    }

    @Nullable Reason next() throws IOException, InterruptedException {
      if (page.isEmpty() && !ended) {
        ask();
        ended = page.isEmpty();
      }
      return page.peek();
    }

    private void ask() throws IOException, InterruptedException {
      Map<String, String> parameters = Map.of("stream", stream, "after", after, "limit", "10000");
      try (JsonParser in = JSON.createParser(api.get("/v1/rejects", parameters).body())) {
        Map<String, String> row = new HashMap<>();
        for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
          if (token.isScalarValue() && "after".equals(in.currentName())) {
            after = in.getText();
          } else if (token.isScalarValue()) {
            row.put(String.valueOf(in.currentName()), in.getText());
          } else if (token == JsonToken.END_OBJECT && row.containsKey("code")) {
            page.add(
                new Reason(
                    Long.parseLong(row.getOrDefault("seq", "0")),
                    Long.parseLong(row.getOrDefault("index", "0")),
                    row.getOrDefault("field", ""),
                    row.getOrDefault("code", ""),
                    row.getOrDefault("detail", "")));
            row.clear();
          }
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
