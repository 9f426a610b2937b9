package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.Field;
import dev.candlewick.ingest.row.TradeIds;
import org.jspecify.annotations.Nullable;

/**
 * A row as it was written, before any rule is applied. A value is a {@link String}, {@link Long},
 * {@link Double} (NaN for a number that is not finite), {@link java.math.BigDecimal} (a time),
 * {@link Boolean}, {@code List<String>} (flags), or {@link #OTHER} for what no field accepts; JSON
 * null and a missing field are the same.
 */
public final class RawRow {
  /** A JSON object, or an array where none is expected. */
  static final Object OTHER = new Object();

  /** A row that is not an object at all. */
  static final RawRow NOT_AN_OBJECT = new RawRow();

  private final @Nullable Object[] values = new @Nullable Object[Field.COUNT];
  private int seen;
  private @Nullable String unknown;
  private @Nullable String twice;
  private @Nullable Long contentId;
  private @Nullable String fault;

  /** A row that was sent but cannot be read, and why. */
  static RawRow unreadable(String fault) {
    RawRow row = new RawRow();
    row.fault = fault;
    return row;
  }

  /** Why it cannot be read; null if it can. */
  @Nullable String fault() {
    return fault;
  }

  /** The value of a field; null if the row does not have it. */
  public @Nullable Object value(Field field) {
    return values[field.ordinal()];
  }

  /** Stores a field's value; false if the row already had that field. */
  public boolean put(Field field, @Nullable Object value) {
    values[field.ordinal()] = value;
    int bit = 1 << field.ordinal();
    boolean first = (seen & bit) == 0;
    seen |= bit;
    return first;
  }

  /**
   * Makes a row's content the identity of a trade or quote that has no other, so that resending it
   * is harmless.
   *
   * @param content everything the client sent for the row
   * @param ordinal its position among the request's rows for the same instrument and time, from 0:
   *     rows of one time keep their order, and equal rows stay as many as were sent
   */
  public void identifyBy(byte[] content, int ordinal) {
    contentId = TradeIds.ofContent(content, ordinal);
  }

  /** The id made by {@link #identifyBy}. */
  @Nullable Long contentId() {
    return contentId;
  }

  void putUnknown(String name) {
    if (unknown == null) {
      unknown = name;
    }
  }

  /** The first field with an unknown name. */
  @Nullable String unknown() {
    return unknown;
  }

  /** The row contains that field again. */
  void putTwice(String name) {
    twice = name;
  }

  /** A field that the row contains more than once. */
  @Nullable String twice() {
    return twice;
  }

  /** Whether the row has the field, even if it is null. */
  public boolean has(Field field) {
    return (seen & (1 << field.ordinal())) != 0;
  }
}
