package dev.candlewick.ingest.message;

/**
 * A stream in the database.
 *
 * @param apiKeyId whose stream it is; {@link #SERVER} for the server's own
 * @param number the stream's number, part of the ids made for rows without one
 * @param epoch increases with each hello; an older holder is fenced
 * @param committedSeq every message up to this one is committed
 * @param holder the hello that holds it, unique across all histories of the database
 */
public record StreamState(
    int apiKeyId, String stream, long number, long epoch, long committedSeq, String holder) {
  /** Owner of the streams that REST requests use. */
  public static final int SERVER = -1;

  public StreamName name() {
    return new StreamName(apiKeyId, stream);
  }
}
