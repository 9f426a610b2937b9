package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.DeclaredKind;
import dev.candlewick.record.Kind;
import dev.candlewick.server.web.Caller;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which records of a kind are followed.
 *
 * @param filters each of which a row must match
 * @param latest whether only the row with the largest ts of each key is wanted
 * @param seen what a row must match to exist for the subscriber, null if every row does; never with
 *     {@code latest}
 */
public record Choice(
    DeclaredKind declared, List<Filter> filters, boolean latest, @Nullable Filter seen) {
  public Choice {
    filters = List.copyOf(filters);
  }

  /** What a caller asks for; 400 naming the column, 403 {@code forbidden_bot}. */
  public static Choice of(
      DeclaredKind declared, Map<String, List<String>> asked, boolean latest, Caller caller) {
    Kind kind = declared.kind();
    List<Filter> filters = Filter.of(kind, asked, caller);
    Filter seen = Filter.seen(kind, caller);
    if (latest && seen != null) {
      // That a newest row is sent again would tell that another bot wrote its key.
      throw Caller.forbidden(
          "latest: this API key may follow the newest rows only of kinds with bot in their key");
    }
    return new Choice(declared, filters, latest, seen);
  }

  /** How its rows are read. */
  public LiveRecordRepository.View view() {
    return new LiveRecordRepository.View(latest, seen);
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
