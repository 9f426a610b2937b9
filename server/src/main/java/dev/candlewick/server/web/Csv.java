package dev.candlewick.server.web;

import dev.candlewick.record.CsvText;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes CSV (RFC 4180): a header line, then one line per row. A text that a spreadsheet would take
 * for a formula gets a leading apostrophe; numbers are written as they are.
 */
public final class Csv {
  private final StringBuilder text = new StringBuilder(1024);
  private boolean lineBegun;

  /** Starts with a header line of these names. */
  public Csv(List<String> header) {
    for (String name : header) {
      text(name);
    }
    endLine();
  }

  /** A cell of text; empty for null. */
  public Csv text(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return plain("");
    }
    String safe = CsvText.guarded(value);
    boolean quoted =
        safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
            || !safe.equals(safe.strip());
    return plain(quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe);
  }

  /** A cell with a number; empty for null. */
  public Csv number(@Nullable Double value) {
    return plain(value == null ? "" : Numbers.text(value));
  }

  /** A cell with an integer; empty for null. */
  public Csv integer(@Nullable Long value) {
    return plain(value == null ? "" : value.toString());
  }

  /** A cell with a number that is already text. */
  public Csv digits(String value) {
    return plain(value);
  }

  /** A cell with a timestamp. */
  public Csv time(Times unit, long timestamp) {
    return plain(unit.text(timestamp));
  }

  /** A cell with a boolean. */
  public Csv truth(boolean value) {
    return plain(String.valueOf(value));
  }

  public void endLine() {
    text.append("\r\n");
    lineBegun = false;
  }

  public Buffer buffer() {
    return Buffer.buffer(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Csv plain(String cell) {
    if (lineBegun) {
      text.append(',');
    }
    text.append(cell);
    lineBegun = true;
    return this;
  }
}
