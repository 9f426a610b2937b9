package dev.candlewick.client;

import dev.candlewick.client.format.Gunzip;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The lines of a UTF-8 file, plain or gzip (detected by its first bytes, not by its name). */
final class LineReader implements Closeable {
  private static final int LONGEST_LINE = 1 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path file;
  private final BufferedReader reader;
  private final StringBuilder line = new StringBuilder();
  private long number;

  LineReader(Path file) throws IOException {
    this.file = file;
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      InputStream plain = isGzip(bytes) ? new Gunzip(bytes, 1 << 16) : bytes;
      // A decoder constructed like this reports bytes that are not UTF-8; one constructed by name
      // replaces them.
      reader =
          new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()));
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static boolean isGzip(InputStream bytes) throws IOException {
    bytes.mark(2);
    boolean gzip = bytes.read() == 0x1f && bytes.read() == 0x8b;
    bytes.reset();
    return gzip;
  }

  /** The next line without its end; null at the end of the file. */
  @Nullable String next() throws IOException {
    number++;
    line.setLength(0);
    int c = read();
    if (c < 0) {
      return null;
    }
    for (; c >= 0 && c != '\n'; c = read()) {
      line.append((char) c);
      if (line.length() > LONGEST_LINE) {
        throw wrong("longer than " + LONGEST_LINE + " characters");
      }
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    boolean marked = number == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK;
    return marked ? line.substring(1) : line.toString();
  }

  private int read() throws IOException {
    try {
      return reader.read();
    } catch (CharacterCodingException e) {
      throw wrong("not UTF-8");
    } catch (IOException e) {
      throw wrong("cannot be read: " + e.getMessage());
    }
  }

  /** An error in the current line. */
  IOException wrong(String what) {
    return new IOException(file + ": line " + number + ": " + what);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
