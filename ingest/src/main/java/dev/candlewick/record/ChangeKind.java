package dev.candlewick.record;

/** What sort of rows changed, as {@code ingest.changes} numbers it. */
public enum ChangeKind {
  TRADES,
  QUOTES,
  CANDLES,
  /** Of any declared kind. */
  RECORDS;

  /** The number in the database. */
  public short number() {
    return (short) (ordinal() + 1);
  }

  /** The kind of that number. */
  public static ChangeKind of(int number) {
    return values()[number - 1];
  }
}
