package dev.candlewick.server.record;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored record.
 *
 * @param ts microseconds since the epoch
 * @param key the values of the key's columns as text; a timestamp in microseconds
 * @param values of the columns that were asked for: {@code String} for text, decimal, json, levels,
 *     venue and symbol, {@code Long} for integer and timestamp (microseconds), {@code Double},
 *     {@code Boolean}
 */
public record Stored(long ts, List<String> key, @Nullable Object[] values) {
  /** Approximately how many bytes its values take. */
  public long size() {
    long size = 16;
    for (Object value : values) {
      size += 16 + (value instanceof String text ? 2L * text.length() : 0);
    }
    return size;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Stored that
        && ts == that.ts
        && key.equals(that.key)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Long.hashCode(ts);
  }

  @Override
  public String toString() {
    return ts + " " + key + " " + Arrays.toString(values);
  }
}
