package dev.candlewick.client;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The ticks of a recorded file, in file order. */
interface TickReader extends Closeable {
  /**
   * The next tick; null at the end.
   *
   * @throws IOException if the file cannot be read or is not in its format; the message names the
   *     file and the line
   */
  @Nullable RecordedTick next() throws IOException;
}
