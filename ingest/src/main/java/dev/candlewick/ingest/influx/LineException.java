package dev.candlewick.ingest.influx;

/** An invalid line, which makes its whole request invalid. */
final class LineException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  /** {@code detail} quotes at most 64 characters of what the client sent. */
  LineException(int line, String detail) {
    super("line " + line + ": " + detail, null, false, false);
    this.line = line;
  }

  /** From 1. */
  int line() {
    return line;
  }
}
