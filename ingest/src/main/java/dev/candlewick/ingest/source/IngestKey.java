package dev.candlewick.ingest.source;

import java.util.Set;

/**
 * The API key a feed uses.
 *
 * @param id whose streams they are; 0 if no keys are configured
 * @param rowsPerSecond its limit, 0 = none
 * @param bytesPerSecond of messages and decompressed bodies; 0 = no limit
 * @param bots whose records it may write; empty = anyone's
 */
public record IngestKey(int id, long rowsPerSecond, long bytesPerSecond, Set<String> bots) {
  /** If no keys are configured. */
  public static final IngestKey NONE = new IngestKey(0, 0, 0, Set.of());
}
