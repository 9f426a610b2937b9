package dev.candlewick.ingest.source;

import java.util.Set;

/**
 * The API key that a feed comes with.
 *
 * @param id whose streams they are; 0 where no keys are configured
 * @param rowsPerSecond it may send, 0 = any number
 * @param bytesPerSecond of messages and bodies, inflated; 0 = any number
 * @param bots whose records it may write; empty = anybody's
 */
public record IngestKey(int id, long rowsPerSecond, long bytesPerSecond, Set<String> bots) {
  /** Where no keys are configured. */
  public static final IngestKey NONE = new IngestKey(0, 0, 0, Set.of());
}
