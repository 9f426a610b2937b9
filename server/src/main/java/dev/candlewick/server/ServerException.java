package dev.candlewick.server;

/** The server cannot start; the message says what to change. */
final class ServerException extends Exception {
  private static final long serialVersionUID = 1L;

  ServerException(String message) {
    super(message);
  }
}
