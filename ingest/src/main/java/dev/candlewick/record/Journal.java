package dev.candlewick.record;

/** The journal of commits, table {@code ingest.changes}: what both ways must know of it. */
public final class Journal {
  /** NOTIFY's channel: there is something new in the journal. Its payloads are empty. */
  public static final String CHANNEL = "candlewick_changes";

  private Journal() {}
}
