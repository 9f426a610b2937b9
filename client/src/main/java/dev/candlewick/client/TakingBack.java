package dev.candlewick.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.candlewick.client.format.FileRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sends candles from an archive back, even those past retention: with single requests, because
 * there is nothing to resume after a failure: a candle that is already there stays as it is.
 */
final class TakingBack {
  private static final JsonFactory JSON = new JsonFactory();

  private final Api api;
  private final int batch;
  private final Progress progress;
  private long sent;
  private long inserted;
  private long duplicates;
  private long rejected;

  TakingBack(Api api, int batch, Progress progress) {
    this.api = api;
    this.batch = batch;
    this.progress = progress;
  }

  /**
   * Sends all rows of a file.
   *
   * @throws IOException if the server cannot be reached or refuses; the message has what it said
   */
  void send(Inspection file) throws IOException, InterruptedException {
    try (FileRows rows = new FileRows(file.file(), file.options(), found -> {})) {
      List<String> held = new ArrayList<>();
      List<String> defaults = List.of();
      while (next(rows)) {
        if (held.size() == batch || (!held.isEmpty() && !defaults.equals(rows.defaults()))) {
          post(defaults, held);
        }
        defaults = rows.defaults();
        held.add(rows.json().toString());
      }
      if (!held.isEmpty()) {
        post(defaults, held);
      }
    }
  }

  /** Lines that cannot be read are in the file of rejects, otherwise the file would not be sent. */
  private static boolean next(FileRows rows) throws IOException {
    while (true) {
      try {
        return rows.next();
      } catch (FileRows.BadLineException e) {
        // The next one may be a row.
      }
    }
  }

  private void post(List<String> defaults, List<String> rows)
      throws IOException, InterruptedException {
    String body = "{" + String.join(",", defaults) + ",\"rows\":[" + String.join(",", rows) + "]}";
    sent += rows.size();
    rows.clear();
    String answer =
        api.post("/v1/candles", Map.of("archived", "true", "on_error", "skip"), body).body();
    long before = inserted + duplicates;
    long asked = 0;
    try (JsonParser in = JSON.createParser(answer)) {
      in.nextToken();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "rows" -> asked = in.getLongValue();
          case "inserted", "updated" -> inserted += in.getLongValue();
          case "duplicates" -> duplicates += in.getLongValue();
          default -> in.skipChildren();
        }
      }
    }
    rejected += asked - (inserted + duplicates - before);
    progress.show(sent, sent);
  }

  /** The last line; false if rows were rejected. */
  boolean tell(PrintWriter out) {
    progress.end();
    out.printf(
        "sent %d rows, committed %d, duplicates %d, rejected %d%n",
        sent, inserted + duplicates, duplicates, rejected);
    out.flush();
    return rejected == 0;
  }
}
