package dev.candlewick.ingest.spool;

/** The directory cannot be used; the message says why. */
public final class SpoolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SpoolException(String message, Throwable cause) {
    super(message, cause);
  }

  SpoolException(String message) {
    super(message);
  }
}
