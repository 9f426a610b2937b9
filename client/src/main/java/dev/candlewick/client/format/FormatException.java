package dev.candlewick.client.format;

import java.io.IOException;

/** A line that is not what its format says; the reader adds which line it was. */
class FormatException extends IOException {
  private static final long serialVersionUID = 1;

  FormatException(String what) {
    super(what);
  }
}
