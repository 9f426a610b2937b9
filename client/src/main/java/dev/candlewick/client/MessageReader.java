package dev.candlewick.client;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The messages in a file: the same file always gives the same ones. */
interface MessageReader extends Closeable {
  /** Opens a file. */
  @FunctionalInterface
  interface Opening {
    MessageReader open(Path file) throws IOException;
  }

  /**
   * The next message; null at the end.
   *
   * @throws IOException if the file cannot be read or is not in its format; the message names the
   *     file and the line
   */
  @Nullable RecordedMessage next() throws IOException;

  /** Which row of the file a row is: {@code index} in a message, counted from 1. */
  String place(long message, int index);
}
