package dev.candlewick.record;

/** What kind of rows changed, as {@code ingest.changes} numbers it. */
public enum ChangeKind {
  TRADES(1),
  QUOTES(2),
  CANDLES(3),
  /** Rows of any declared kind. */
  RECORDS(4),
  /** Rows that retention dropped, of no particular instrument. */
  DROPPED(5);

  private final short number;

  ChangeKind(int number) {
    this.number = (short) number;
  }

  /** The number in the database. */
  public short number() {
    return number;
  }

  /** The kind with that number. */
  public static ChangeKind of(int number) {
    for (ChangeKind kind : values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of change has the number " + number);
  }
}
