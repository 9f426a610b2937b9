package dev.candlewick.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What one client sent and what was acked, in a file that is on disk before the client goes on:
 * what the checker knows outlives even the client.
 *
 * <pre>
 * sent SEQ FIRST LAST   rows FIRST to LAST are about to be sent, as message SEQ
 * at SEQ OFFSET         message SEQ is in Kafka at this offset
 * acked LAST            the server has acked all rows up to LAST
 * </pre>
 */
final class Journal implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  Journal(Path file) {
    this.file = file;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message that may have been sent once this returns. */
  void sent(long seq, long first, long last) {
    write("sent %d %d %d\n".formatted(seq, first, last));
  }

  void at(long seq, long offset) {
    write("at %d %d\n".formatted(seq, offset));
  }

  void acked(long last) {
    write("acked " + last + "\n");
  }

  private void write(String line) {
    try {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Brings to disk what was written. */
  void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything that was written, line by line. */
  List<String> lines() {
    try {
      return Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
