package dev.candlewick.ingest.table;

import dev.candlewick.ingest.message.RecordLine;
import dev.candlewick.record.Column;
import dev.candlewick.record.ColumnType;
import dev.candlewick.record.Kind;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of one kind: all rows, and the newest for each key. */
final class RecordTable {
  private final Kind kind;
  private final List<Place> places = new ArrayList<>();

  /** A column of the table: what it is sent as, and what PostgreSQL converts that to. */
  private record Place(
      String name, String sentAs, String cast, Function<RecordLine, @Nullable Object> value) {}

  RecordTable(Kind kind) {
    this.kind = kind;
    if (kind.hasInstrument()) {
      places.add(new Place(Kind.INSTRUMENT, "int4", "", RecordLine::instrumentId));
    }
    for (int i = 0; i < kind.columns().size(); i++) {
      Column column = kind.columns().get(i);
      int at = i;
      if (!column.type().isInstrument()) {
        places.add(
            new Place(
                column.sqlName(),
                sentAs(column.type()),
                cast(column.type()),
                line -> sent(column.type(), line.row().value(at))));
      }
    }
  }

  private static String sentAs(ColumnType type) {
    return switch (type) {
      case TEXT, TIMESTAMP, JSON, LEVELS -> "text";
      case INTEGER -> "int8";
      case NUMBER -> "float8";
      case DECIMAL -> "numeric";
      case BOOLEAN -> "bool";
      case VENUE, SYMBOL -> "int4";
    };
  }

  private static String cast(ColumnType type) {
    return switch (type) {
      case TIMESTAMP -> "::timestamptz";
      case JSON, LEVELS -> "::jsonb";
      case TEXT, INTEGER, NUMBER, DECIMAL, BOOLEAN, VENUE, SYMBOL -> "";
    };
  }

  private static @Nullable Object sent(ColumnType type, @Nullable Object value) {
    if (type == ColumnType.TIMESTAMP && value instanceof Long micros) {
      return instant(micros);
    }
    return value instanceof BigDecimal decimal ? decimal.toPlainString() : value;
  }

  private static String instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  /** The values of the key's columns as PostgreSQL writes them, in the order of the table's key. */
  List<String> key(RecordLine line) {
    return kind.sqlKey().stream()
        .map(name -> places.stream().filter(p -> p.name.equals(name)).findAny().orElseThrow())
        .map(place -> String.valueOf(place.value.apply(line)))
        .toList();
  }

  /**
   * Writes rows with distinct identities: new ones, and those that differ from what is stored.
   * Returns, by index of the line, whether it is new.
   */
  Map<Integer, Boolean> upsert(Connection connection, List<RecordLine> lines) throws SQLException {
    Map<Integer, Boolean> written = new HashMap<>();
    try (PreparedStatement upsert = connection.prepareStatement(sql())) {
      int[] numbers = new int[lines.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = i;
      }
      upsert.setObject(1, numbers);
      upsert.setObject(2, lines.stream().mapToLong(line -> line.row().ts()).toArray());
      for (int i = 0; i < places.size(); i++) {
        Place place = places.get(i);
        @Nullable Object[] column = lines.stream().map(place.value).toArray();
        Array array = connection.createArrayOf(place.sentAs, column);
        upsert.setArray(i + 3, array);
      }
      try (ResultSet row = upsert.executeQuery()) {
        while (row.next()) {
          written.put(row.getInt(1), row.getBoolean(2));
        }
      }
    }
    return written;
  }

  private String sql() {
    List<String> key = kind.sqlKey();
    List<String> rest =
        places.stream().map(Place::name).filter(name -> !key.contains(name)).toList();
    String all = "ts, " + names(places.stream().map(Place::name).toList(), "");
    return """
    with sent as materialized (
      select _n, timestamptz 'epoch' + ts * interval '1 microsecond' as ts, %s
      from unnest(?::int4[], ?::int8[], %s) as v (_n, %s)),
    written as (
      insert into %s as r (%s) select %s from sent order by %s, ts
      on conflict (%s, ts) do %s
      returning %s, r.ts, r.xmax = 0 as _is_new),
    latest as (
      insert into %s as l (%s) select distinct on (%s) %s from sent order by %s, ts desc
      on conflict (%s) do update set (ts%s) = row (excluded.ts%s)
      where excluded.ts > l.ts%s)
    select s._n, w._is_new from written w join sent s on s.ts = w.ts and %s
    """
        .formatted(
            each(places, place -> "v." + place.name + place.cast + " as " + place.name),
            each(places, place -> "?::" + place.sentAs + "[]"),
            all,
            kind.table(),
            all,
            all,
            names(key, ""),
            names(key, ""),
            replacing(rest),
            names(key, "r."),
            kind.latestTable(),
            all,
            names(key, ""),
            all,
            names(key, ""),
            names(key, ""),
            rest.isEmpty() ? "" : ", " + names(rest, ""),
            rest.isEmpty() ? "" : ", " + names(rest, "excluded."),
            rest.isEmpty() ? "" : " or (excluded.ts = l.ts and " + differs(rest, "l.") + ")",
            key.stream()
                .map(name -> "s." + name + " = w." + name)
                .collect(Collectors.joining(" and ")));
  }

  private static String replacing(List<String> rest) {
    return rest.isEmpty()
        ? "nothing"
        : "update set (%s) = row (%s) where %s"
            .formatted(names(rest, ""), names(rest, "excluded."), differs(rest, "r."));
  }

  private static String differs(List<String> rest, String held) {
    return "(%s) is distinct from (%s)".formatted(names(rest, held), names(rest, "excluded."));
  }

  private static String names(List<String> names, String prefix) {
    return names.stream().map(name -> prefix + name).collect(Collectors.joining(", "));
  }

  private static String each(List<Place> places, Function<Place, String> text) {
    return places.stream().map(text).collect(Collectors.joining(", "));
  }
}
