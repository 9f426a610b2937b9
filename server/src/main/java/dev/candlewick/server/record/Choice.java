package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import java.util.List;

/**
 * Which records of a kind somebody follows.
 *
 * @param filters each of which a row must pass
 * @param latest whether of each key the row of the largest ts alone is meant
 */
public record Choice(DeclaredKind declared, List<Filter> filters, boolean latest) {
  public Choice {
    filters = List.copyOf(filters);
  }

  /** Whether a row with all columns of its kind passes. */
  public boolean passes(Kind kind, Stored row) {
    for (Filter filter : filters) {
      Object value = row.values()[place(kind, filter.column())];
      if (value == null || !filter.values().contains(value)) {
        return false;
      }
    }
    return true;
  }

  private static int place(Kind kind, Column column) {
    for (int i = 0; i < kind.columns().size(); i++) {
      if (kind.columns().get(i).name().equals(column.name())) {
        return i;
      }
    }
    throw new IllegalStateException("a kind never loses a column");
  }

  /** Whether a row that passes may, written again, no longer do so. */
  public boolean canBeLeft() {
    List<String> key = declared.kind().key();
    return filters.stream().anyMatch(filter -> !key.contains(filter.column().name()));
  }
}
