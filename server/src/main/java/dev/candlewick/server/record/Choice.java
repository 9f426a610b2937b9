package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import java.util.List;

/**
 * Which records of a kind are followed.
 *
 * @param filters each of which a row must match
 * @param latest whether only the row with the largest ts of each key is wanted
 */
public record Choice(DeclaredKind declared, List<Filter> filters, boolean latest) {
  public Choice {
    filters = List.copyOf(filters);
  }

  /** Whether a row with all columns of its kind matches. */
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

  /** Whether a matching row may stop matching when it is rewritten. */
  public boolean canBeLeft() {
    List<String> key = declared.kind().key();
    return filters.stream().anyMatch(filter -> !key.contains(filter.column().name()));
  }
}
