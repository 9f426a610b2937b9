package dev.candlewick.ingest.influx;

/** A line that cannot be taken, and so the request it came in. */
final class LineException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  /** {@code detail} quotes nothing longer than 64 characters of what the client sent. */
  LineException(int line, String detail) {
    super("line " + line + ": " + detail, null, false, false);
    this.line = line;
  }

  /** From 1. */
  int line() {
    return line;
  }
}
