package dev.candlewick.record;

/**
 * A column of a {@link MarketKind}.
 *
 * @param isList whether a value is a list of what the column allows
 */
public record MarketColumn(Column declared, Use use, boolean isList) {
  /** What a column is for. */
  public enum Use {
    /** Whose the row is: in the row, or beside the rows that share it. */
    SUBJECT,
    /** Sent, stored and answered. */
    VALUE,
    /** What is to become of the row: only sent. */
    ACTION,
    /** Made by the server: only answered. */
    DERIVED
  }

  /** Its name on the wire. */
  public String name() {
    return declared.name();
  }

  /** What it holds. */
  public ColumnType type() {
    return declared.type();
  }
}
