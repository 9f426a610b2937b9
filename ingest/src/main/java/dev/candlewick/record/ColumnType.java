package dev.candlewick.record;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a column holds: its type in a declaration and in PostgreSQL. */
public enum ColumnType {
  TEXT("text collate \"C\""),
  INTEGER("bigint"),
  NUMBER("double precision"),
  DECIMAL("numeric"),
  BOOLEAN("boolean"),
  TIMESTAMP("timestamptz"),
  JSON("jsonb"),
  /** Part of an instrument, which is stored as {@link Kind#INSTRUMENT}. */
  VENUE(""),
  /** The other part of an instrument. */
  SYMBOL(""),
  /** One side of a book: {@code [[price,size],...]}. */
  LEVELS("jsonb");

  private final String sqlType;

  ColumnType(String sqlType) {
    this.sqlType = sqlType;
  }

  /** The word used in declarations. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the value is part of the instrument and so has no column of its own. */
  public boolean isInstrument() {
    return this == VENUE || this == SYMBOL;
  }

  /** PostgreSQL's type, with its collation; not for {@link #isInstrument}. */
  public String sqlType() {
    if (isInstrument()) {
      throw new IllegalStateException(word() + " has no column of its own");
    }
    return sqlType;
  }

  /** Whether values of this type can be ordered and are atomic, so that a key may contain them. */
  boolean fitsKey() {
    return this != JSON && this != LEVELS;
  }

  /** Whether {@code min} and {@code max} apply. */
  boolean hasBounds() {
    return this == INTEGER || this == NUMBER || this == DECIMAL;
  }

  static Optional<ColumnType> of(String word) {
    return Arrays.stream(values()).filter(type -> type.word().equals(word)).findAny();
  }
}
