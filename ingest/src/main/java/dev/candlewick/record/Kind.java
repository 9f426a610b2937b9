package dev.candlewick.record;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A kind of record: one declaration, from which its table, validation, queries and documentation
 * follow. A row is the state of its key at its {@code ts}.
 *
 * @param name {@code [a-z][a-z0-9_]{0,62}}, not the word of a {@link MarketKind}
 * @param key names of 1 to 8 required columns; venue and symbol only together
 * @param columns at most 400, without {@code ts}, in the order of the declaration
 * @param retention how long rows are kept, at least a day; {@link Retention#FOR_EVER}
 * @param chunk the time span of one chunk of the table, an hour to ten years
 */
public record Kind(
    String name, List<String> key, List<Column> columns, Duration retention, Duration chunk) {
  /**
   * The column that holds venue and symbol in the table: {@code market.instruments.id}. No declared
   * column can have this name.
   */
  public static final String INSTRUMENT = "_instrument_id";

  /** Most bytes in a row's values, as sent. */
  public static final int ROW_BYTES = 65_536;

  /** Most bytes in the texts of a row's key: an index takes no longer ones. */
  public static final int KEY_BYTES = 2_048;

  /** Most digits in a decimal. */
  public static final int DECIMAL_DIGITS = 38;

  static final Duration DEFAULT_CHUNK = Duration.ofDays(7);
  private static final int MOST_COLUMNS = 400;
  private static final int LONGEST_KEY = 8;
  private static final Duration SHORTEST_RETENTION = Duration.ofDays(1);
  private static final Duration SHORTEST_CHUNK = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(3_650);

  /**
   * Checks the declaration.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  public Kind {
    require(Column.NAME.matcher(name).matches(), "kind must match " + Column.NAME.pattern());
    require(!isTaken(name), "kind " + name + " is taken");
    require(columns.size() <= MOST_COLUMNS, "at most " + MOST_COLUMNS + " columns");
    key = List.copyOf(key);
    columns = List.copyOf(columns);
    Map<String, Column> byName = new LinkedHashMap<>();
    for (Column column : columns) {
      require(byName.put(column.name(), column) == null, "duplicate column " + column.name());
    }
    checkInstrument(columns);
    checkKey(key, byName);
    require(
        retention.equals(Retention.FOR_EVER) || within(retention, SHORTEST_RETENTION),
        "retention must be none or from 1d to 3650d");
    require(within(chunk, SHORTEST_CHUNK), "chunk must be from 1h to 3650d");
  }

  private static void checkInstrument(List<Column> columns) {
    List<Column> venues = columns.stream().filter(c -> c.type() == ColumnType.VENUE).toList();
    List<Column> symbols = columns.stream().filter(c -> c.type() == ColumnType.SYMBOL).toList();
    require(
        venues.size() <= 1 && venues.size() == symbols.size(),
        "columns of the types venue and symbol come as one pair");
    require(
        venues.isEmpty() || venues.get(0).required() == symbols.get(0).required(),
        "venue and symbol are required both or neither");
  }

  private static void checkKey(List<String> key, Map<String, Column> byName) {
    require(
        !key.isEmpty() && key.size() <= LONGEST_KEY,
        "key must name 1 to " + LONGEST_KEY + " columns");
    require(new HashSet<>(key).size() == key.size(), "key names a column twice");
    int halves = 0;
    for (String part : key) {
      Column column = byName.get(part);
      if (column == null) {
        throw new IllegalArgumentException("key names no column: " + part);
      }
      require(column.required(), "key column " + part + " must be required");
      require(
          column.type().fitsKey(), "key column " + part + " must not be " + column.type().word());
      halves += column.type().isInstrument() ? 1 : 0;
    }
    require(halves != 1, "venue and symbol are in the key both or neither");
  }

  private static boolean within(Duration asked, Duration shortest) {
    return asked.compareTo(shortest) >= 0 && asked.compareTo(LONGEST) <= 0;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Whether the name is that of a {@link MarketKind}. */
  public static boolean isTaken(String name) {
    return MarketKind.of(name).isPresent();
  }

  /** A change the table cannot follow. */
  public static final class IncompatibleException extends Exception {
    private static final long serialVersionUID = 1L;

    IncompatibleException(String detail) {
      super(detail, null, false, false);
    }
  }

  /**
   * The kind after a change: optional columns and allowed values may be added, and retention
   * changed. Columns keep their order, new ones come last.
   */
  public Kind changedTo(Kind next) throws IncompatibleException {
    if (!key.equals(next.key)) {
      throw new IncompatibleException("the key is " + String.join(", ", key));
    }
    if (!chunk.equals(next.chunk)) {
      throw new IncompatibleException("the chunk is " + KindJson.word(chunk));
    }
    Map<String, Column> added =
        next.columns.stream()
            .collect(
                Collectors.toMap(Column::name, c -> c, (one, other) -> one, LinkedHashMap::new));
    List<Column> all = new ArrayList<>();
    for (Column column : columns) {
      Column changed = added.remove(column.name());
      if (changed == null) {
        throw new IncompatibleException("column " + column.name() + " is missing");
      }
      String obstacle = column.obstacleTo(changed);
      if (obstacle != null) {
        throw new IncompatibleException("column " + column.name() + ": " + obstacle);
      }
      all.add(column.withValuesOf(changed));
    }
    for (Column column : added.values()) {
      if (column.required()) {
        throw new IncompatibleException("new column " + column.name() + " must not be required");
      }
      all.add(column);
    }
    return new Kind(name, key, all, next.retention, chunk);
  }

  /**
   * The kind plus the other's additional optional columns and allowed values. Where the two
   * disagree about a column, this one wins.
   */
  public Kind widenedBy(Kind other) {
    List<Column> all = new ArrayList<>();
    for (Column column : columns) {
      Column its = other.column(column.name()).orElse(column);
      boolean both = !column.values().isEmpty() && !its.values().isEmpty();
      all.add(both ? column.withValuesOf(its) : column);
    }
    for (Column column : other.columns) {
      boolean fits = !column.required() && !column.type().isInstrument();
      if (fits && column(column.name()).isEmpty()) {
        all.add(column);
      }
    }
    return new Kind(name, key, all, retention, chunk);
  }

  /** The column with that name. */
  public Optional<Column> column(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findAny();
  }

  /** The columns that, with {@code ts}, identify a row; in key order. */
  public List<Column> keyColumns() {
    return key.stream().map(part -> column(part).orElseThrow()).toList();
  }

  /** Whether rows may have an instrument. */
  public boolean hasInstrument() {
    return columns.stream().anyMatch(column -> column.type().isInstrument());
  }

  /**
   * Whether rows may belong to a bot; then API keys confined to certain bots see only those bots'
   * rows.
   */
  public boolean hasBot() {
    return column("bot").filter(bot -> bot.type() == ColumnType.TEXT).isPresent();
  }

  /** The table of all rows. */
  public String table() {
    return "record.\"" + name + "\"";
  }

  /** The table of the newest row for each key, with the columns of {@link #table}. */
  public String latestTable() {
    return "record_latest.\"" + name + "\"";
  }

  /**
   * The table's columns besides {@code ts}, quoted: {@link #INSTRUMENT} first, if rows may have
   * one, then the declared columns other than venue and symbol.
   */
  public List<String> sqlColumns() {
    List<String> names = new ArrayList<>();
    if (hasInstrument()) {
      names.add(INSTRUMENT);
    }
    columns.stream().filter(c -> !c.type().isInstrument()).map(Column::sqlName).forEach(names::add);
    return names;
  }

  /**
   * The key's columns in the table, quoted, without {@code ts}, in the order of the unique index.
   */
  public List<String> sqlKey() {
    return keyColumns().stream()
        .map(column -> column.type().isInstrument() ? INSTRUMENT : column.sqlName())
        .distinct()
        .toList();
  }

  /** Whether PostgreSQL can store the text: no U+0000, no unpaired surrogate. */
  public static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isLowSurrogate(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        i++;
        if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
          return false;
        }
      }
    }
    return true;
  }
}
