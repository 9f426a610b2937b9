package dev.candlewick.archive;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldModifier;
import dev.candlewick.archive.DayCopy.Piece;
import dev.candlewick.client.format.Engine;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;

/**
 * The files of one instrument and day. A part is written to a temporary file, read back, compared
 * row by row with what the database returned, and then renamed; rows that an earlier part has are
 * not written again.
 */
final class PartFolder {
  /** What an unquoted CSV text is replaced by; no text in the database can be this. */
  private static final String NULL = "\0";

  private static final FieldModifier NULLS =
      new FieldModifier() {
        @Override
        public String modify(long line, int field, boolean isQuoted, String text) {
          return !isQuoted && text.isEmpty() ? NULL : text;
        }
      };

  private final Path folder;
  private final Path aside;
  private final ArchivedTable table;
  private final Permit permit;

  /** Called before a part gets its final name: throws if another process may be at work. */
  @FunctionalInterface
  interface Permit {
    void check() throws IOException, SQLException;
  }

  /** {@code aside}: a folder on the same file system for incomplete files. */
  PartFolder(Path folder, Path aside, ArchivedTable table, Permit permit) {
    this.folder = folder;
    this.aside = aside;
    this.table = table;
    this.permit = permit;
  }

  /**
   * Makes sure that every row of the piece is in the files.
   *
   * @return the size in bytes of the part that was written; 0 if none was needed
   * @throws IOException if it cannot be written, or what is read back differs
   */
  long add(Piece piece) throws IOException, SQLException {
    List<Path> parts = parts();
    Path made = aside.resolve("part.parquet");
    Files.deleteIfExists(made);
    try (Connection duckdb = open(piece);
        Statement statement = duckdb.createStatement()) {
      statement.execute("create temp view csv as select * from " + csv(piece));
      String rows = "select " + typed(statement) + " from csv";
      String fresh =
          parts.isEmpty()
              ? rows
              : rows + " except select " + names() + " from " + files(parts) + " order by ts";
      statement.execute(
          "copy (%s) to %s (format parquet, compression zstd)".formatted(fresh, path(made)));
      boolean isNeeded = parts.isEmpty() || count(statement, made) > 0;
      List<Path> all = new ArrayList<>(parts);
      if (isNeeded) {
        all.add(made);
      }
      compare(
          piece,
          statement,
          parts.isEmpty() ? "select " + read() + " from " + files(all) : found(rows, all));
      return isNeeded ? keep(made, parts) : 0;
    } catch (SQLException e) {
      throw Engine.said(e);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private Connection open(Piece piece) throws IOException {
    List<Path> seen = List.of(piece.csv(), aside.resolve("any"), folder.resolve("any"));
    return Engine.duckdb(seen, aside.toAbsolutePath().normalize().toString());
  }

  private List<Path> parts() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches("part-[0-9]{1,9}\\.parquet"))
          .sorted()
          .toList();
    }
  }

  private String csv(Piece piece) {
    String columns =
        table.columns().stream()
            .map(column -> Engine.quoted(column.name()) + ": 'VARCHAR'")
            .collect(Collectors.joining(", "));
    return "read_csv(%s, columns = {%s}, header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, strict_mode = true)"
        .formatted(path(piece.csv()), columns);
  }

  /** All CSV columns in the file's types. */
  private String typed(Statement statement) throws SQLException {
    List<String> typed = new ArrayList<>();
    for (ArchivedColumn column : table.columns()) {
      boolean isPlain = true;
      if (column.form() == Form.DECIMAL) {
        try (ResultSet row =
            statement.executeQuery("select " + column.plainDecimals() + " from csv")) {
          isPlain = row.next() && row.getBoolean(1);
        }
      }
      typed.add(column.typed(isPlain));
    }
    return String.join(", ", typed);
  }

  private String names() {
    return table.columns().stream().map(ArchivedColumn::quoted).collect(Collectors.joining(", "));
  }

  private String read() {
    return table.columns().stream().map(ArchivedColumn::read).collect(Collectors.joining(", "));
  }

  /** The files' rows; a column that older parts do not have is null there. */
  private String files(List<Path> files) {
    String paths = files.stream().map(PartFolder::path).collect(Collectors.joining(", "));
    String none =
        table.columns().stream()
            .map(column -> "null as " + column.quoted())
            .collect(Collectors.joining(", "));
    // With an empty part that has all columns, no column is unknown.
    return "(select * from read_parquet([%s], union_by_name = true, hive_partitioning = false) union all by name select %s where false)"
        .formatted(paths, none);
  }

  /** What the files contain of the CSV rows, in order. */
  private String found(String rows, List<Path> files) {
    String same =
        table.columns().stream()
            .map(column -> "c.%1$s is not distinct from f.%1$s".formatted(column.quoted()))
            .collect(Collectors.joining(" and "));
    String its =
        table.columns().stream()
            .map(column -> "f." + column.quoted())
            .collect(Collectors.joining(", "));
    return "select %s from (select %s, c.place_ from (select *, row_number() over () as place_ from (%s)) c join (select distinct %s from %s) f on %s) order by place_"
        .formatted(read(), its, rows, names(), files(files), same);
  }

  private static long count(Statement statement, Path file) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("select count(*) from read_parquet(" + path(file) + ")")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Row by row, in order, and the CSV byte by byte. */
  private void compare(Piece piece, Statement statement, String query)
      throws IOException, SQLException {
    CRC32C checksum = new CRC32C();
    long rows = 0;
    try (InputStream bytes =
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(piece.csv()), 1 << 16), checksum);
        CsvReader<CsvRecord> csv = reader(bytes);
        ResultSet read = statement.executeQuery(query)) {
      Iterator<CsvRecord> expected = csv.iterator();
      while (read.next()) {
        rows++;
        if (!expected.hasNext() || !isSame(expected.next(), read)) {
          throw differs(rows);
        }
      }
      if (expected.hasNext() || rows != piece.rows() || checksum.getValue() != piece.checksum()) {
        throw differs(rows + 1);
      }
    }
  }

  private static CsvReader<CsvRecord> reader(InputStream bytes) {
    CsvRecordHandler nulls =
        CsvRecordHandler.of(
            handler ->
                handler
                    .maxFieldSize(Integer.MAX_VALUE)
                    .maxRecordSize(Integer.MAX_VALUE)
                    .fieldModifier(NULLS));
    return CsvReader.builder()
        .skipEmptyLines(false)
        .maxBufferSize(1 << 26)
        .build(nulls, new InputStreamReader(bytes, StandardCharsets.UTF_8));
  }

  private boolean isSame(CsvRecord expected, ResultSet read) throws SQLException {
    if (expected.getFieldCount() != table.columns().size()) {
      return false;
    }
    for (int i = 0; i < table.columns().size(); i++) {
      String cell = expected.getField(i);
      if (table.columns().get(i).differs(cell.equals(NULL) ? null : cell, read, i + 1)) {
        return false;
      }
    }
    return true;
  }

  private IOException differs(long row) {
    return new IOException(
        folder + ": what was read back is not what was written, from row " + row + " on");
  }

  private long keep(Path made, List<Path> parts) throws IOException, SQLException {
    long bytes = Files.size(made);
    sync(made, StandardOpenOption.WRITE);
    makeFolder(folder);
    int next =
        parts.stream()
            .mapToInt(part -> Integer.parseInt(part.getFileName().toString().replaceAll("\\D", "")))
            .map(number -> number + 1)
            .max()
            .orElse(0);
    permit.check();
    // Never over a part that another process has written meanwhile: this one may have been frozen.
    Files.move(made, folder.resolve("part-" + next + ".parquet"));
    sync(folder, StandardOpenOption.READ);
    return bytes;
  }

  /** Makes sure it survives a power cut too. */
  private static void makeFolder(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (!Files.isDirectory(folder) && parent != null) {
      makeFolder(parent);
      Files.createDirectories(folder);
      sync(parent, StandardOpenOption.READ);
    }
  }

  private static void sync(Path file, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(file, how)) {
      channel.force(true);
    }
  }

  private static String path(Path file) {
    return Engine.quoted(file.toAbsolutePath().normalize().toString());
  }
}
