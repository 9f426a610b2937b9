package dev.candlewick.client.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/** The rows of a query over a Parquet, DuckDB or SQLite file. */
final class QueryTable implements Table {
  /** The one character that no text of a database can have. */
  private static final char SEPARATOR = 0;

  private static final int[] SQLITE = {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm'};
  private static final int[] PARQUET = {'P', 'A', 'R', '1'};

  private final Connection connection;
  private final Statement statement;
  private final ResultSet rows;
  private final List<String> columns = new ArrayList<>();
  private final Deque<List<String>> peeked = new ArrayDeque<>();
  private final boolean isJoined;
  private long row;

  private QueryTable(Connection connection, String query, List<String> joined) throws IOException {
    this.connection = connection;
    isJoined = !joined.isEmpty();
    columns.addAll(joined);
    try {
      statement = connection.createStatement();
      rows = statement.executeQuery(query);
      ResultSetMetaData names = rows.getMetaData();
      for (int i = 1; !isJoined && i <= names.getColumnCount(); i++) {
        columns.add(names.getColumnLabel(i));
      }
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  /** Whether the file belongs to an engine, detected by its first bytes. */
  static boolean reads(Path file) throws IOException {
    return Part.begins(file, PARQUET) || Part.begins(file, SQLITE) || isDuckdb(file);
  }

  private static boolean isDuckdb(Path file) throws IOException {
    try (var bytes = java.nio.file.Files.newInputStream(file)) {
      byte[] head = bytes.readNBytes(12);
      return head.length == 12
          && new String(head, 8, 4, StandardCharsets.ISO_8859_1).equals("DUCK");
    }
  }

  /**
   * Opens it.
   *
   * @param table the name of a table; empty for Parquet or if there is a query
   * @param query in the engine's own SQL; empty for the whole table
   */
  static QueryTable open(Path file, String table, String query) throws IOException {
    boolean parquet = Part.begins(file, PARQUET);
    if (!parquet && table.isEmpty() && query.isEmpty()) {
      throw new IOException("a database: give --table or --query");
    }
    if (Part.begins(file, SQLITE)) {
      String all = "select * from " + Engine.named(table) + " order by rowid";
      return opened(Engine.sqlite(file), query.isEmpty() ? all : query, List.of());
    }
    Connection duckdb = parquet ? Engine.duckdb(List.of(file)) : attached(file);
    String from = parquet ? parquet(file) : Engine.named(table);
    try {
      List<String> columns = new ArrayList<>();
      String all = "select * from " + from;
      Set<String> shortest = parquet ? shortest(duckdb, file) : Set.of();
      return opened(
          duckdb, texts(duckdb, query.isEmpty() ? all : query, columns, shortest), columns);
    } catch (IOException e) {
      close(duckdb);
      throw e;
    }
  }

  private static QueryTable opened(Connection connection, String query, List<String> joined)
      throws IOException {
    try {
      return new QueryTable(connection, query, joined);
    } catch (IOException e) {
      close(connection);
      throw e;
    }
  }

  private static String path(Path file) {
    return Engine.quoted(file.toAbsolutePath().normalize().toString());
  }

  private static String parquet(Path file) {
    return "read_parquet(" + path(file) + ", hive_partitioning = false)";
  }

  private static Connection attached(Path file) throws IOException {
    Connection duckdb = Engine.duckdb(List.of(file));
    try (Statement statement = duckdb.createStatement()) {
      statement.execute("attach " + path(file) + " as given (read_only)");
      statement.execute("use given");
      return duckdb;
    } catch (SQLException e) {
      close(duckdb);
      throw Engine.said(e);
    }
  }

  /**
   * The query with all columns as one text, exactly, because that is fetched several times as fast,
   * most of all as bytes; a time with a zone becomes one in UTC. Also returns the columns' names.
   */
  private static String texts(
      Connection duckdb, String query, List<String> columns, Set<String> shortest)
      throws IOException {
    StringJoiner texts =
        new StringJoiner(", chr(0), ", "select encode(concat(", ")) from (" + query + ") q");
    try (Statement statement = duckdb.createStatement()) {
      // One of them reads ahead while rows are converted here.
      statement.execute("set threads = 2");
      try (ResultSet described = statement.executeQuery("describe " + query)) {
        while (described.next()) {
          String name = described.getString(1);
          columns.add(name);
          String text = text(Engine.named(name), described.getString(2));
          texts.add(shortest.contains(name) ? shortened(text) : text);
        }
      }
      return texts.toString();
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  /** The columns that {@link Parquet} says have no zeros at the end of their numbers. */
  private static Set<String> shortest(Connection duckdb, Path file) throws IOException {
    String query =
        "select decode(value) from parquet_kv_metadata(%s) where decode(key) = %s"
            .formatted(path(file), Engine.quoted(Parquet.SHORTEST));
    try (Statement statement = duckdb.createStatement()) {
      // This says what is wrong with the file; a query whose rows are streamed does not.
      statement.execute("describe select * from " + parquet(file));
      try (ResultSet found = statement.executeQuery(query)) {
        return found.next() ? Set.of(found.getString(1).split(",")) : Set.of();
      }
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  /** The text of a decimal, or of a list of numbers, without the zeros that its type adds. */
  private static String shortened(String text) {
    String zeros = "regexp_replace(%s, '(\\.[0-9]*[1-9])0+(\\D|$)', '\\1\\2', 'g')".formatted(text);
    return "regexp_replace(%s, '\\.0+(\\D|$)', '\\1', 'g')".formatted(zeros);
  }

  private static String text(String column, String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    if (upper.endsWith("_NS")) {
      // A cast to microseconds would round. What has a zone is cast to UTC, the connection's.
      String zone = upper.startsWith("TIMESTAMPTZ") ? " || 'Z'" : "";
      return "strftime(cast(" + column + " as timestamp_ns), '%Y-%m-%dT%H:%M:%S.%n')" + zone;
    }
    if (upper.equals("TIMESTAMP WITH TIME ZONE")) {
      return "strftime(make_timestamp(epoch_us(" + column + ")), '%Y-%m-%dT%H:%M:%S.%fZ')";
    }
    if (upper.startsWith("TIMESTAMP")) {
      return "strftime(cast(" + column + " as timestamp), '%Y-%m-%dT%H:%M:%S.%f')";
    }
    if (upper.endsWith("]") || upper.startsWith("STRUCT") || upper.startsWith("MAP")) {
      return "cast(to_json(" + column + ") as varchar)";
    }
    return "cast(" + column + " as varchar)";
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public List<List<String>> peek(int count) throws IOException {
    Cells cells = new Cells();
    while (peeked.size() < count && read(cells)) {
      peeked.add(cells.toList());
    }
    return List.copyOf(peeked);
  }

  @Override
  public boolean next(Cells cells) throws IOException {
    List<String> held = peeked.poll();
    row++;
    if (held == null) {
      return read(cells);
    }
    cells.clear();
    held.forEach(cells::add);
    return true;
  }

  private boolean read(Cells cells) throws IOException {
    try {
      if (!rows.next()) {
        return false;
      }
      cells.clear();
      if (isJoined) {
        cells.addAll(new String(rows.getBytes(1), StandardCharsets.UTF_8), SEPARATOR);
        if (cells.count() != columns.size()) {
          throw new FormatException("a text with the character U+0000");
        }
        return true;
      }
      for (int i = 1; i <= columns.size(); i++) {
        Object value = rows.getObject(i);
        if (value instanceof byte[] bytes) {
          cells.add(new String(bytes, StandardCharsets.UTF_8));
        } else {
          cells.add(value == null ? "" : value.toString());
        }
      }
      return true;
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  @Override
  public long number() {
    return row;
  }

  @Override
  public String place(long number) {
    return "row " + number;
  }

  @Override
  public void close() throws IOException {
    try (Connection open = connection;
        Statement running = statement) {
      rows.close();
    } catch (SQLException e) {
      throw Engine.said(e);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // The earlier error is the one reported.
    }
  }
}
