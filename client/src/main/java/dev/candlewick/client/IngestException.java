package dev.candlewick.client;

import java.io.IOException;

/** The client has stopped and will not reconnect: continuing would not help, or would do harm. */
public final class IngestException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String code;

  IngestException(String code, String message) {
    super(message);
    this.code = code;
  }

  IngestException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * Why, as a stable word: {@code fenced} (another client took over the stream), {@code refused}
   * (the key or the address is wrong), {@code protocol} (a frame was rejected), {@code unreachable}
   * (the first connection failed), {@code out_of_step} (server and client no longer agree on the
   * stream's position), {@code rewound} (the database was set back in time: connect again and send
   * from {@link IngestClient#nextSeq} on), {@code closed}, {@code failed} (an error in this
   * process).
   */
  public String code() {
    return code;
  }
}
