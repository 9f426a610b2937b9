package dev.candlewick.ingest.spool;

/**
 * One message of a stream.
 *
 * @param apiKeyId whose stream it is
 * @param stream {@code [A-Za-z0-9._-]{1,64}}
 * @param epoch of the connection it came through
 * @param seq its number in the stream
 * @param takenMillis when it was accepted, milliseconds since the epoch
 * @param payload its content, opaque to the spool
 */
public record Entry(
    int apiKeyId, String stream, long epoch, long seq, long takenMillis, byte[] payload) {

  /** Bytes that it takes in a file. */
  public int size() {
    return StoredRecord.HEADER + StoredRecord.BODY_LEAST - 1 + stream.length() + payload.length;
  }
}
