package dev.candlewick.record;

/**
 * The journal of commits, table {@code ingest.changes}: what the write and read paths both need to
 * know about it.
 */
public final class Journal {
  /** The NOTIFY channel that announces new journal entries. Payloads are empty. */
  public static final String CHANNEL = "candlewick_changes";

  private Journal() {}
}
