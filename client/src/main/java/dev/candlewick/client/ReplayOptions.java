package dev.candlewick.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Everything that determines how a file becomes messages. Same file and same options: same
 * messages.
 *
 * @param venue venue of frames, and of CSV rows without one
 * @param symbol symbol of CSV rows without one; empty if each row must have its own
 * @param unitNanos the unit of a CSV's integer timestamps, in nanoseconds
 * @param quotes whether to include best bid and ask
 * @param batch rows per message, from 1
 */
record ReplayOptions(String venue, String symbol, long unitNanos, boolean quotes, int batch) {
  private static final int NAME_LENGTH = 55;

  /** Opens a file: CSV if its name says so, otherwise a capture. */
  TickReader open(Path file) throws IOException {
    LineReader lines = new LineReader(file);
    try {
      String name = String.valueOf(file.getFileName());
      boolean csv = name.endsWith(".csv") || name.endsWith(".csv.gz");
      return csv ? new TradeCsv(lines, this) : new BinanceCapture(lines, venue, quotes);
    } catch (IOException e) {
      lines.close();
      throw e;
    }
  }

  /** Opens a file for its messages. */
  MessageReader messages(Path file) throws IOException {
    return new TickMessages(open(file), batch);
  }

  /**
   * The file's own stream: its name and eight digits derived from its length and these options. A
   * file that has grown, or is cut differently, gives other messages, and must not resume from the
   * position of the old ones.
   */
  String stream(Path file) throws IOException {
    return stream(file, this);
  }

  /** The same for any options that are fully described by their text. */
  static String stream(Path file, Object options) throws IOException {
    CRC32 crc = new CRC32();
    crc.update((Files.size(file) + " " + options).getBytes(StandardCharsets.UTF_8));
    String name = String.valueOf(file.getFileName()).replaceAll("[^A-Za-z0-9._-]", "_");
    String head = name.substring(0, Math.min(name.length(), NAME_LENGTH));
    return head + "-" + String.format("%08x", crc.getValue());
  }
}
