package dev.candlewick.client;

import dev.candlewick.client.format.FileOptions;
import dev.candlewick.client.format.FileRows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file read to the end before its first row is sent.
 *
 * @param options what it is
 * @param skipped lines without a row: headers, days without trading
 * @param bad lines that cannot be read as rows
 * @param isAscending whether every row is surely later than those of its instrument before it
 * @param content a checksum of its bytes: a file that has changed is another one
 */
record Inspection(
    Path file,
    FileOptions options,
    long rows,
    long skipped,
    long bad,
    boolean isAscending,
    long content) {
  /**
   * Reads it.
   *
   * @param told receives what the file is taken for
   * @param rejects receives the lines that cannot be read; null: stop at the first of them
   * @throws IOException if the file cannot be read, or, without {@code rejects}, one of its lines
   */
  static Inspection of(FileArguments.Given given, Consumer<String> told, @Nullable Rejects rejects)
      throws IOException {
    Path file = given.file();
    FileOptions options = given.options();
    long count = 0;
    long bad = 0;
    boolean isAscending = true;
    try (FileRows rows = new FileRows(file, options, told)) {
      while (true) {
        try {
          if (!rows.next()) {
            return new Inspection(
                file, options, count, rows.skipped(), bad, isAscending, content(file));
          }
          count++;
          isAscending = isAscending && rows.isLater();
        } catch (FileRows.BadLineException e) {
          if (rejects == null) {
            throw e;
          }
          rejects.add(String.valueOf(e.getMessage()), e.line());
          bad++;
        }
      }
    }
  }

  private static long content(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 16];
    try (InputStream bytes = Files.newInputStream(file)) {
      for (int n = bytes.read(buffer); n > 0; n = bytes.read(buffer)) {
        crc.update(buffer, 0, n);
      }
    }
    // SQLite's newest pages.
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    return crc.getValue() + (Files.exists(log) ? Files.size(log) << 32 : 0);
  }
}
