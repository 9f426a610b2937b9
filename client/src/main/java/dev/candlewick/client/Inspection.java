package dev.candlewick.client;

import dev.candlewick.client.format.FileOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
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
 * @param from where its messages begin in the spool
 * @param to where they end there
 */
record Inspection(
    Path file,
    FileOptions options,
    long rows,
    long skipped,
    long bad,
    boolean isAscending,
    long content,
    long from,
    long to) {
  /**
   * Reads it.
   *
   * @param batch most rows in a message
   * @param told receives what the file is taken for, and how far a large one has been read
   * @param rejects receives the lines that cannot be read; null: stop at the first of them
   * @param spool receives its messages; null for nowhere
   * @throws IOException if the file cannot be read, or, without {@code rejects}, one of its lines
   */
  static Inspection of(
      FileArguments.Given given,
      int batch,
      Consumer<String> told,
      @Nullable Rejects rejects,
      @Nullable Spool spool)
      throws IOException {
    long from = spool == null ? 0 : spool.end();
    AtomicLong bad = new AtomicLong();
    FileMessages.BadLines lines =
        line -> {
          if (rejects == null) {
            throw line;
          }
          rejects.add(String.valueOf(line.getMessage()), line.line());
          bad.incrementAndGet();
        };
    try (FileMessages messages = FileMessages.telling(given, batch, told, lines)) {
      for (RecordedMessage next = messages.next(); next != null; next = messages.next()) {
        if (spool != null) {
          spool.add(next.message());
        }
      }
      return new Inspection(
          given.file(),
          given.options(),
          messages.rows(),
          messages.skipped(),
          bad.get(),
          messages.isAscending(),
          content(given.file()),
          from,
          spool == null ? 0 : spool.end());
    }
  }

  /** Its messages, as they are in the spool, or made again from the file. */
  MessageReader messages(int batch, Spool spool) throws IOException {
    MessageReader kept = spool.messages(options.kind().type(), from, to);
    return kept == null ? new FileMessages(file, options, batch) : kept;
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
