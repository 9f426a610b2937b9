package dev.candlewick.server.record;

import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import dev.candlewick.server.record.RecordQuery.Place;
import dev.candlewick.server.record.RecordQuery.States;
import dev.candlewick.server.web.Range;
import dev.candlewick.server.web.Times;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The statements over records, each built here as a whole. In all of them {@code r} is a record and
 * {@code i} its instrument; a {@link RecordRepository.Reader} reads the rows. {@code ts} is bounded
 * at both ends, so that chunks are excluded when it is planned.
 */
final class RecordSql {
  private final List<Object> parameters = new ArrayList<>();

  private RecordSql() {}

  /** A statement and its parameters. */
  record Statement(String sql, List<Object> parameters) {}

  /** Rows of {@code from <= ts < to}, at most {@code limit} of them after a position. */
  record Window(long from, long to, @Nullable Place after, boolean backwards, int limit) {}

  /** A page of rows or of states. */
  static Statement page(
      Kind kind, List<Column> columns, States states, List<Filter> filters, Window window) {
    RecordSql sql = new RecordSql();
    String text =
        sql.select(kind, columns)
            + sql.from(kind, states, filters)
            + sql.within(window.from(), window.to())
            + sql.passing("r", kind, filters)
            + sql.beyond(kind, window)
            + order(kind, window.backwards())
            + " limit "
            + sql.parameter(window.limit());
    return sql.statement(text);
  }

  /** The ts of the oldest row in a window that matches the filters. */
  static Statement oldest(Kind kind, List<Filter> filters, long from, long to) {
    RecordSql sql = new RecordSql();
    String text =
        "select min(r.ts)"
            + sql.from(kind, States.EVERY, filters)
            + sql.within(from, to)
            + sql.passing("r", kind, filters);
    return sql.statement(text);
  }

  /**
   * Rows by their ts and the text of their keys, one for each of the lists; each ends with its
   * position in them. If there is none, it has only what was asked for.
   *
   * @param seen a row that does not match does not exist; null if all do
   */
  static Statement byKeys(
      Kind kind, boolean latest, @Nullable Filter seen, List<Long> times, List<List<String>> keys) {
    List<Column> columns = kind.columns();
    RecordSql sql = new RecordSql();
    OffsetDateTime[] at = times.stream().map(RecordSql::time).toArray(OffsetDateTime[]::new);
    StringBuilder lists = new StringBuilder(sql.parameter(at) + "::timestamptz[]");
    StringBuilder names = new StringBuilder("ts");
    StringBuilder join = new StringBuilder(latest ? "true" : "r.ts = k.ts");
    Map<String, String> given = new HashMap<>();
    List<Column> tableKey = tableKey(kind);
    for (int i = 0; i < tableKey.size(); i++) {
      Column column = tableKey.get(i);
      int index = i;
      String[] values = keys.stream().map(key -> key.get(index)).toArray(String[]::new);
      lists.append(", ").append(sql.parameter(values)).append("::text[]");
      names.append(", k").append(i);
      String name = column.type().isInstrument() ? Kind.INSTRUMENT : column.sqlName();
      given.put(name, "k.k%d::%s".formatted(i, castOf(column)));
      join.append(" and r.%s = %s".formatted(name, given.get(name)));
    }
    long from = latest ? RecordRepository.FIRST : times.stream().min(Long::compare).orElseThrow();
    long to = latest ? Range.END : times.stream().max(Long::compare).orElseThrow() + 1;
    String text =
        "select coalesce(r.ts, k.ts)"
            + given(kind, columns, given)
            + ", k.n from unnest(%s) with ordinality as k (%s, n)".formatted(lists, names)
            + " left join %s r on ".formatted(latest ? kind.latestTable() : kind.table())
            + join
            + (seen == null ? "" : sql.passing("r", kind, List.of(seen)))
            + sql.within(from, to).replaceFirst(" where", " and")
            + instruments(kind).replace("r." + Kind.INSTRUMENT, instrument(given))
            + " order by k.n";
    return sql.statement(text);
  }

  private static String instrument(Map<String, String> given) {
    return given.getOrDefault(Kind.INSTRUMENT, "r." + Kind.INSTRUMENT);
  }

  /** The requested columns; those of the key as they were given. */
  private static String given(Kind kind, List<Column> columns, Map<String, String> given) {
    StringBuilder text = new StringBuilder();
    for (Column column : columns) {
      String value = given.get(column.sqlName());
      boolean isText = column.type() == ColumnType.DECIMAL;
      text.append(", ");
      text.append(value == null ? value(column) : isText ? value + "::text" : value);
    }
    kind.keyColumns().stream()
        .filter(column -> RecordRepository.Reader.isApart(column, columns))
        .forEach(
            column -> {
              String value = given.get(column.sqlName());
              text.append(", ").append(value == null ? keyText(column) : value + "::text");
            });
    return text.toString();
  }

  /**
   * The key's columns in the table: an instrument is one column, in the place of its first half.
   */
  private static List<Column> tableKey(Kind kind) {
    List<Column> columns = new ArrayList<>();
    boolean instrument = false;
    for (Column column : kind.keyColumns()) {
      if (!instrument || !column.type().isInstrument()) {
        columns.add(column);
      }
      instrument |= column.type().isInstrument();
    }
    return columns;
  }

  private static String castOf(Column column) {
    return column.type().isInstrument()
        ? "integer"
        : column.type().sqlType().replace(" collate \"C\"", "");
  }

  private Statement statement(String text) {
    return new Statement(text, parameters);
  }

  private String parameter(Object value) {
    parameters.add(value);
    return "$" + parameters.size();
  }

  private String select(Kind kind, List<Column> columns) {
    StringBuilder text = new StringBuilder("select r.ts");
    columns.forEach(column -> text.append(", ").append(value(column)));
    kind.keyColumns().stream()
        .filter(column -> RecordRepository.Reader.isApart(column, columns))
        .forEach(column -> text.append(", ").append(keyText(column)));
    return text.toString();
  }

  private static String value(Column column) {
    return switch (column.type()) {
      case VENUE -> "i.venue";
      case SYMBOL -> "i.symbol";
      case DECIMAL, JSON, LEVELS -> "r." + column.sqlName() + "::text";
      default -> "r." + column.sqlName();
    };
  }

  private static String keyText(Column column) {
    return column.type() == ColumnType.TIMESTAMP
        ? "(extract(epoch from r.%s) * 1000000)::bigint::text".formatted(column.sqlName())
        : sortKey(column) + "::text";
  }

  private static String sortKey(Column column) {
    return switch (column.type()) {
      case VENUE -> "(i.venue collate \"C\")";
      case SYMBOL -> "(i.symbol collate \"C\")";
      default -> "r." + column.sqlName();
    };
  }

  private String from(Kind kind, States states, List<Filter> filters) {
    String rows = states.isOneOfEachKey() ? states(kind, states, filters) : kind.table();
    return " from " + rows + " r" + instruments(kind);
  }

  /**
   * Of each key the newest row that is old enough and that the caller sees. For most keys that is
   * their newest row of all. Only keys that pass are looked up.
   */
  private String states(Kind kind, States states, List<Filter> filters) {
    String counts = "";
    List<String> doNotCount = new ArrayList<>();
    Long asOf = states.asOf();
    if (asOf != null) {
      String time = parameter(time(asOf));
      counts += " and %1$s.ts <= " + time;
      doNotCount.add("l.ts > " + time);
    }
    Filter seen = states.seen();
    if (seen != null) {
      String bot = "%1$s." + seen.column().sqlName() + anyOf(seen);
      counts += " and " + bot;
      doNotCount.add("(" + bot.formatted("l") + ") is not true");
    }
    if (counts.isEmpty()) {
      return kind.latestTable();
    }
    List<Filter> ofKey =
        filters.stream().filter(filter -> kind.key().contains(filter.column().name())).toList();
    String sameKey =
        kind.sqlKey().stream()
            .map(column -> "h.%1$s = l.%1$s".formatted(column))
            .collect(Collectors.joining(" and "));
    return """
    (select l.* from %1$s l where true%2$s%6$s
     union all
     select s.* from %1$s l cross join lateral
       (select h.* from %3$s h where %4$s%5$s order by h.ts desc limit 1) s
     where (%7$s)%6$s)\
    """
        .formatted(
            kind.latestTable(),
            counts.formatted("l"),
            kind.table(),
            sameKey,
            counts.formatted("h"),
            passing("l", kind, ofKey),
            String.join(" or ", doNotCount));
  }

  private static String instruments(Kind kind) {
    return kind.hasInstrument()
        ? " left join market.instruments i on i.id = r." + Kind.INSTRUMENT
        : "";
  }

  private String within(long from, long to) {
    return " where r.ts >= " + parameter(time(from)) + " and r.ts < " + parameter(time(to));
  }

  private String passing(String row, Kind kind, List<Filter> filters) {
    StringBuilder text = new StringBuilder();
    List<Filter> instrument = new ArrayList<>();
    for (Filter filter : filters) {
      if (filter.column().type().isInstrument()) {
        instrument.add(filter);
      } else {
        text.append(" and %s.%s".formatted(row, filter.column().sqlName())).append(anyOf(filter));
      }
    }
    if (!instrument.isEmpty() && kind.hasInstrument()) {
      text.append(" and %s.%s = ".formatted(row, Kind.INSTRUMENT)).append(ids(instrument));
    }
    return text.toString();
  }

  /** The ids of instruments; as a single value, and not as a list, if there can be only one. */
  private String ids(List<Filter> filters) {
    String select =
        filters.stream()
            .map(filter -> filter.column().type().word() + anyOf(filter))
            .collect(Collectors.joining(" and ", "(select id from market.instruments where ", ")"));
    boolean isOne = filters.size() == 2 && filters.stream().allMatch(f -> f.values().size() == 1);
    return isOne ? select : "any(array" + select + ")";
  }

  /**
   * One value by {@code =}: only then is an index that begins with it also one in the order of ts.
   */
  private String anyOf(Filter filter) {
    List<Object> values = filter.values();
    return switch (filter.column().type()) {
      case INTEGER -> anyOf(values, Long[]::new, "bigint");
      case BOOLEAN -> anyOf(values, Boolean[]::new, "boolean");
      default -> anyOf(values, String[]::new, "text");
    };
  }

  private String anyOf(List<Object> values, IntFunction<Object[]> array, String type) {
    return values.size() == 1
        ? " = " + parameter(values.get(0)) + "::" + type
        : " = any(" + parameter(values.toArray(array)) + "::" + type + "[])";
  }

  private String beyond(Kind kind, Window window) {
    Place after = window.after();
    if (after == null) {
      return "";
    }
    String names =
        kind.keyColumns().stream()
            .map(column -> ", " + sortKey(column))
            .collect(Collectors.joining());
    String values =
        after.key().stream().map(value -> ", " + parameter(value)).collect(Collectors.joining());
    return " and (r.ts%s) %s (%s%s)"
        .formatted(names, window.backwards() ? "<" : ">", parameter(time(after.ts())), values);
  }

  private static String order(Kind kind, boolean backwards) {
    String direction = backwards ? " desc" : "";
    return " order by r.ts"
        + direction
        + kind.keyColumns().stream()
            .map(column -> ", " + sortKey(column) + direction)
            .collect(Collectors.joining());
  }

  static OffsetDateTime time(long micros) {
    return Times.instant(micros).atOffset(ZoneOffset.UTC);
  }
}
