package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/**
 * What one stream still has to send.
 *
 * @param <T> the type of its rows
 */
interface EventQueue<T> {
  /** The initial state. */
  void begin(List<T> rows);

  /** What has changed since. */
  void add(List<T> rows);

  /** How many rows are waiting. */
  int waiting();

  /** The millisecond from which the next event may be sent; the largest long if there is none. */
  long due();

  /** Writes the next event and forgets it. */
  void writeNext(JsonGenerator json, long now) throws IOException;
}
