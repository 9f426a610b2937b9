package dev.candlewick.ingest.decode;

import dev.candlewick.ingest.row.JsonValue;
import dev.candlewick.record.Column;
import dev.candlewick.record.Kind;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of a declared kind as it was written. A value is a {@link String}, {@link Long}, {@link
 * Double}, {@link java.math.BigDecimal}, {@link Boolean} or {@link JsonValue}; JSON null and a
 * missing field are the same.
 */
public final class RawRecord {
  private final @Nullable Object[] values;
  private final BitSet seen = new BitSet();
  private @Nullable Object ts;
  private @Nullable String unknown;
  private @Nullable String twice;
  private long bytes;
  private @Nullable String fault;

  public RawRecord(int columns) {
    values = new @Nullable Object[columns];
  }

  /** A row that cannot be read. */
  static RawRecord unreadable(String fault) {
    RawRecord row = new RawRecord(0);
    row.fault = fault;
    return row;
  }

  /** The positions of a kind's columns in its rows. */
  static final class Places {
    static final int TS = -1;
    static final int NONE = -2;
    final Kind kind;
    private final Map<String, Integer> byName = new HashMap<>();

    Places(Kind kind) {
      this.kind = kind;
      byName.put("ts", TS);
      List<Column> columns = kind.columns();
      for (int i = 0; i < columns.size(); i++) {
        byName.put(columns.get(i).name(), i);
      }
    }

    /** A column's position; {@link #TS}; {@link #NONE} if the kind has no such column. */
    int of(String name) {
      return byName.getOrDefault(name, NONE);
    }
  }

  /** Stores a field's value; false if the row already had that field. */
  boolean put(int place, String name, @Nullable Object value) {
    if (place == Places.NONE) {
      unknown = unknown == null ? name : unknown;
      return true;
    }
    boolean first = !seen.get(place + 1);
    seen.set(place + 1);
    if (place == Places.TS) {
      ts = value;
    } else {
      values[place] = value;
    }
    return first;
  }

  /** The row contains that field again. */
  void putTwice(String name) {
    twice = name;
  }

  /** A field that the row contains more than once. */
  @Nullable String twice() {
    return twice;
  }

  /** Why it cannot be read; null if it can. */
  @Nullable String fault() {
    return fault;
  }

  @Nullable Object ts() {
    return ts;
  }

  @Nullable Object value(int place) {
    return values[place];
  }

  @Nullable String unknown() {
    return unknown;
  }

  /** How many bytes the row took. */
  long bytes() {
    return bytes;
  }

  void bytes(long count) {
    bytes = count;
  }
}
