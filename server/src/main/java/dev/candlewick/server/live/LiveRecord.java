package dev.candlewick.server.live;

import dev.candlewick.record.Column;
import dev.candlewick.server.record.Stored;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record with all columns that its kind had when it was read. */
public record LiveRecord(List<Column> columns, Stored stored) {
  /** The value of the column with this name, as in {@link Stored#values}. */
  public @Nullable Object value(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return stored.values()[i];
      }
    }
    return null;
  }
}
