package dev.candlewick.ingest.message;

/**
 * A stream as the database has it.
 *
 * @param apiKeyId whose stream it is; {@link #SERVER} for the server's own
 * @param number the stream's number, part of the ids made for rows without one
 * @param epoch grows with each hello; an older holder is fenced
 * @param committedSeq every message up to this one is committed
 * @param holder the hello that holds it, unlike any other in any history of the database
 */
public record StreamState(
    int apiKeyId, String stream, long number, long epoch, long committedSeq, String holder) {
  /** Owner of the streams on which REST requests ride. */
  public static final int SERVER = -1;

  public StreamName name() {
    return new StreamName(apiKeyId, stream);
  }
}
