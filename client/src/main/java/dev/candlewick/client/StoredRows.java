package dev.candlewick.client;

import dev.candlewick.client.format.CanonicalRow;
import dev.candlewick.client.format.Kind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server's rows for a subject between two times, page by page. */
final class StoredRows {
  private static final String PAGE = "10000";

  private final Api api;
  private final String path;
  private final CanonicalRow.Reading reading;
  private final Map<String, String> subject;
  private final Map<String, String> parameters;
  private Iterator<String> page = Collections.emptyIterator();
  private @Nullable CanonicalRow next;
  private boolean more = true;

  /** {@code from} and {@code to}: microseconds, half open; {@code source} applies to candles. */
  StoredRows(Api api, Kind kind, Map<String, String> subject, String source, long from, long to) {
    this.api = api;
    path = kind.isRecords() ? "/v1/records/" + kind : "/v1/" + kind;
    reading = new CanonicalRow.Reading(kind, "us", subject);
    this.subject = subject;
    parameters = new HashMap<>(subject);
    // What no filter can say; rows of others are passed over.
    parameters
        .values()
        .removeIf(word -> word.isEmpty() || word.chars().anyMatch(Character::isISOControl));
    parameters.putAll(
        Map.of(
            "from",
            Long.toString(from),
            "to",
            Long.toString(to),
            "unit",
            "us",
            "limit",
            PAGE,
            "format",
            "ndjson"));
    if (kind.equals(Kind.CANDLES)) {
      parameters.put("source", source);
    }
  }

  /** The next row, without moving past it; null at the end. */
  @Nullable CanonicalRow peek() throws IOException, InterruptedException {
    while (next == null && (more || page.hasNext())) {
      if (page.hasNext()) {
        CanonicalRow row = reading.row(page.next());
        next = row.subject().equals(subject) ? row : null;
      } else {
        ask();
      }
    }
    return next;
  }

  /** Moves past it. */
  void pass() {
    next = null;
  }

  private void ask() throws IOException, InterruptedException {
    HttpResponse<String> answer = api.getIfKnown(path, parameters);
    more = false;
    if (answer != null) {
      page = answer.body().lines().filter(line -> !line.isBlank()).iterator();
      answer
          .headers()
          .firstValue("X-Next-Cursor")
          .ifPresent(
              cursor -> {
                parameters.put("cursor", cursor);
                more = true;
              });
    }
  }
}
