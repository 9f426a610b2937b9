package dev.candlewick.server.udf;

/** A request that cannot be answered; the message is {@code errmsg}. */
final class UdfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UdfException(String message) {
    super(message, null, false, false);
  }

  static UdfException unknownSymbol() {
    return new UdfException("unknown_symbol");
  }

  static UdfException bad(String name, String reason) {
    return new UdfException(name + ": " + reason);
  }
}
