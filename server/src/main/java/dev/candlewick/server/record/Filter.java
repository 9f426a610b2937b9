package dev.candlewick.server.record;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Params;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose column has one of these values.
 *
 * @param values all {@code String}, {@code Long} or {@code Boolean}, as the column is
 */
public record Filter(Column column, List<Object> values) {
  public Filter {
    values = List.copyOf(values);
  }

  /** Types that can be filtered by value. */
  static boolean fits(ColumnType type) {
    return switch (type) {
      case TEXT, INTEGER, BOOLEAN, VENUE, SYMBOL -> true;
      case NUMBER, DECIMAL, TIMESTAMP, JSON, LEVELS -> false;
    };
  }

  /**
   * The filters that a caller asks for, plus those imposed on its key, by column; 400 naming the
   * column, 403 {@code forbidden_bot}.
   */
  public static List<Filter> of(Kind kind, Map<String, List<String>> asked, Caller caller) {
    Map<String, Filter> filters = new LinkedHashMap<>();
    asked.forEach((name, texts) -> filters.put(name, of(kind, name, texts)));
    if (caller.isConfined()) {
      if (!kind.hasBot()) {
        throw Caller.forbidden("this API key may not read kind " + kind.name());
      }
      Filter bots = filters.get("bot");
      if (bots == null) {
        Column column = kind.column("bot").orElseThrow();
        filters.put("bot", new Filter(column, List.copyOf(caller.bots())));
      } else if (!caller.bots().containsAll(bots.values())) {
        throw Caller.forbidden("bot: this API key may not read records of this bot");
      }
    }
    return List.copyOf(filters.values());
  }

  /**
   * What a row of a kind whose key does not tell its bot must match to exist for the caller at all:
   * another bot's row hides no older one of the same key. Null if every row does.
   */
  public static @Nullable Filter seen(Kind kind, Caller caller) {
    return caller.isConfined() && !kind.key().contains("bot")
        ? kind.column("bot").map(bot -> new Filter(bot, List.copyOf(caller.bots()))).orElse(null)
        : null;
  }

  private static Filter of(Kind kind, String name, List<String> texts) {
    Column column =
        kind.column(name)
            .orElseThrow(() -> Problem.badParameter(name, "is not a parameter of this request"));
    if (!fits(column.type())) {
      throw Problem.badParameter(
          name, "rows cannot be filtered by a column of type " + column.type().word());
    }
    List<Object> values = new ArrayList<>();
    for (String text : texts) {
      values.add(value(column, text));
    }
    return new Filter(column, values);
  }

  private static Object value(Column column, String text) {
    return switch (column.type()) {
      case INTEGER -> integer(column.name(), text);
      case BOOLEAN -> truth(column.name(), text);
      case VENUE -> Params.venue(text);
      case SYMBOL -> Params.symbol(text);
      default -> text(column.name(), text);
    };
  }

  private static String text(String name, String text) {
    if (!Kind.isStorable(text)) {
      throw Problem.badParameter(name, "contains an invalid character");
    }
    return text;
  }

  private static Object integer(String name, String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw Problem.badParameter(name, "must be an integer of 64 bits");
    }
  }

  private static Object truth(String name, String text) {
    if (!Set.of("true", "false").contains(text)) {
      throw Problem.badParameter(name, "must be true or false");
    }
    return Boolean.valueOf(text);
  }
}
