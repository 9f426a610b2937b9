package dev.candlewick.server.record;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Column;
import dev.candlewick.record.Kind;
import dev.candlewick.server.web.Caller;
import dev.candlewick.server.web.Cursor;
import dev.candlewick.server.web.Format;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import io.vertx.ext.web.RoutingContext;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for records.
 *
 * @param columns those to return besides {@code ts}
 * @param filters each of which a row must match
 * @param states whether every row is wanted or one per key
 * @param limit 1 to 10000, default 500
 * @param after the last row of the previous page, null on the first page
 * @param cursorKind what its cursors are for: kind, reading direction, states and filters
 */
record RecordQuery(
    Kind kind,
    List<Column> columns,
    List<Filter> filters,
    States states,
    Range range,
    int limit,
    Order order,
    @Nullable Place after,
    String cursorKind,
    Answer answer) {
  private static final Set<String> PARAMETERS =
      Set.of(
          "from", "to", "limit", "order", "cursor", "unit", "format", "columns", "latest", "as_of");

  private static final Pattern DIGITS =
      Pattern.compile("-?[0-9]{1,50}(\\.[0-9]{1,50})?(e[+-][0-9]{1,3})?");
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 10_000;

  /** The format of the answer. */
  record Answer(Times unit, Format format) {}

  /**
   * The order in which rows are read and returned.
   *
   * @param backwards whether pages go from newer to older
   * @param descending whether rows on a page do
   */
  record Order(boolean backwards, boolean descending) {}

  /**
   * A row's place in the order of (ts, key).
   *
   * @param key the values of the key's columns, as PostgreSQL takes them
   */
  record Place(long ts, List<Object> key) {}

  /**
   * Which rows of a key are wanted.
   *
   * @param latest the one with the largest ts
   * @param asOf the one with the largest ts up to this time, in microseconds
   * @param seen of those that match this; null if of all
   */
  record States(boolean latest, @Nullable Long asOf, @Nullable Filter seen) {
    /** All of them. */
    static final States EVERY = new States(false, null, null);

    boolean isOneOfEachKey() {
      return latest || asOf != null;
    }
  }

  /** Parses the request's parameters; 400 names the one that is wrong. */
  static RecordQuery parse(RoutingContext ctx, Kind kind) {
    Set<String> names = new HashSet<>();
    kind.columns().forEach(column -> names.add(column.name()));
    names.removeAll(PARAMETERS);
    Params params = Params.of(ctx, PARAMETERS, names);
    Times unit = params.unit();
    Range range = params.range(unit);
    List<Filter> filters = Filter.of(kind, params.lists(), Caller.of(ctx));
    States states = states(params, unit, Filter.seen(kind, Caller.of(ctx)));
    boolean descending = params.descending();
    boolean backwards = states.isOneOfEachKey() ? descending : range.readsBackwards(descending);
    String cursorKind =
        "records" + (backwards ? "<" : ">") + kind.name() + " " + hash(states, filters);
    return new RecordQuery(
        kind,
        columns(params, kind),
        filters,
        states,
        range,
        params.limit(DEFAULT_LIMIT, MAX_LIMIT),
        new Order(backwards, descending),
        place(kind, params.cursor(cursorKind, 1 + kind.key().size())),
        cursorKind,
        new Answer(unit, params.format(Format.JSON, Format.CSV, Format.NDJSON)));
  }

  private static States states(Params params, Times unit, @Nullable Filter seen) {
    boolean latest = params.oneOf("latest", "false", "true", "false").equals("true");
    String asOf = params.text("as_of");
    if (latest && asOf != null) {
      throw Problem.badParameter("as_of", "cannot be given with latest");
    }
    return new States(
        latest,
        asOf == null ? null : Math.min(Params.moment("as_of", asOf, unit), Range.END),
        seen);
  }

  private static List<Column> columns(Params params, Kind kind) {
    String asked = params.text("columns");
    if (asked == null) {
      return kind.columns();
    }
    Map<String, Column> columns = new LinkedHashMap<>();
    for (String name : asked.split(",", -1)) {
      if (name.equals("ts")) {
        continue;
      }
      Column column =
          kind.column(name)
              .orElseThrow(
                  () ->
                      Problem.badParameter(
                          "columns", "kind " + kind.name() + " has no column " + excerpt(name)));
      columns.put(name, column);
    }
    return List.copyOf(columns.values());
  }

  private static String excerpt(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "...";
  }

  /** The same filters, in whatever order, give the same word. */
  private static String hash(States states, List<Filter> filters) {
    int sum = 31 * Boolean.hashCode(states.latest()) + Objects.hashCode(states.asOf());
    for (Filter filter : filters) {
      sum += filter.column().name().hashCode() * 31 + new HashSet<>(filter.values()).hashCode();
    }
    return Integer.toHexString(sum);
  }

  private static @Nullable Place place(Kind kind, @Nullable Cursor cursor) {
    if (cursor == null) {
      return null;
    }
    List<Object> key = new ArrayList<>();
    int part = 1;
    for (Column column : kind.keyColumns()) {
      key.add(keyValue(column, cursor, part++));
    }
    return new Place(cursor.number(0), key);
  }

  private static Object keyValue(Column column, Cursor cursor, int part) {
    String text = URLDecoder.decode(cursor.text(part), StandardCharsets.UTF_8);
    return switch (column.type()) {
      case INTEGER -> cursor.number(part);
      case TIMESTAMP -> RecordSql.time(cursor.number(part));
      case BOOLEAN -> Boolean.valueOf(text);
      case NUMBER -> Double.valueOf(digits(text));
      case DECIMAL -> new BigDecimal(digits(text));
      default -> text;
    };
  }

  private static String digits(String text) {
    if (!DIGITS.matcher(text).matches()) {
      throw Problem.badParameter("cursor", "is not a next_cursor of the same request");
    }
    return text;
  }

  /** The cursor of the page after this row. */
  String cursorAfter(Stored row) {
    List<Object> parts = new ArrayList<>();
    parts.add(row.ts());
    row.key().forEach(value -> parts.add(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return Cursor.write(cursorKind, parts.toArray());
  }
}
