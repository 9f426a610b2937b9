package dev.candlewick.ingest.message;

/** A stream's name, and whose it is. */
public record StreamName(int apiKeyId, String stream) {
  /** With this begin the names of topics' streams, which belong to no API key. */
  public static final String KAFKA = "kafka.";

  /** Whether it is the name of a topic's stream. */
  public boolean isKafkas() {
    return apiKeyId == 0 && stream.startsWith(KAFKA);
  }
}
