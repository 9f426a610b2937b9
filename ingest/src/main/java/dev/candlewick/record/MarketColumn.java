package dev.candlewick.record;

/**
 * A column of a {@link MarketKind}.
 *
 * @param isList whether a value is a list of what the column allows
 */
public record MarketColumn(Column declared, Use use, boolean isList) {
  /** What a column is for. */
  public enum Use {
    /** What the row belongs to: given in the row, or once for all rows of a message. */
    SUBJECT,
    /** Sent, stored and returned. */
    VALUE,
    /** What to do with the row: only sent. */
    ACTION,
    /** Derived by the server: only returned. */
    DERIVED
  }

  /** Its name on the wire. */
  public String name() {
    return declared.name();
  }

  /** Its type and bounds. */
  public ColumnType type() {
    return declared.type();
  }
}
