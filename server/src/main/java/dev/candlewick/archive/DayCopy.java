package dev.candlewick.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads a day's rows and splits them into one piece of CSV per instrument. */
final class DayCopy {
  /** What became of a piece. */
  @FunctionalInterface
  interface Pieces {
    /** {@code venue} and {@code symbol} are empty for rows that have none. */
    void take(String venue, String symbol, Piece piece) throws IOException, SQLException;
  }

  /**
   * Rows of one instrument and day.
   *
   * @param checksum CRC-32C of the file's bytes, as they came from the database
   */
  record Piece(Path csv, long rows, long checksum) {}

  private final ArchivedTable table;
  private final Path csv;
  private final Pieces pieces;

  /** {@code csv}: a file to write pieces to, one after the other. */
  DayCopy(ArchivedTable table, Path csv, Pieces pieces) {
    this.table = table;
    this.csv = csv;
    this.pieces = pieces;
  }

  /** How many rows it has read; {@code day} is a date. */
  long run(Connection connection, String day) throws IOException, SQLException {
    CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(table.copy(day));
    try {
      long rows = 0;
      byte[] row = copy.readFromCopy();
      while (row != null) {
        String head = head(row);
        CRC32C checksum = new CRC32C();
        long begin = rows;
        try (OutputStream out =
            new BufferedOutputStream(
                new CheckedOutputStream(Files.newOutputStream(csv), checksum), 1 << 16)) {
          for (; row != null && head(row).equals(head); row = copy.readFromCopy()) {
            int from = head.getBytes(StandardCharsets.UTF_8).length;
            out.write(row, from, row.length - from);
            rows++;
          }
        }
        String[] names = head.split(",", -1);
        pieces.take(
            table.hasInstrument() ? names[0] : "",
            table.hasInstrument() ? names[1] : "",
            new Piece(csv, rows - begin, checksum.getValue()));
      }
      return rows;
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
      Files.deleteIfExists(csv);
    }
  }

  /** {@code venue,symbol,} of a row; no name of either holds a comma or a quote. */
  private String head(byte[] row) {
    int end = 0;
    for (int commas = table.hasInstrument() ? 2 : 0; commas > 0; end++) {
      commas -= row[end] == ',' ? 1 : 0;
    }
    return new String(row, 0, end, StandardCharsets.UTF_8);
  }
}
