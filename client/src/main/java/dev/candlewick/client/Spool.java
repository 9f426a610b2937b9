package dev.candlewick.client;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were made while files were checked, so that they are not made again when they
 * are sent. They are in a file that loses its name when it is opened: whatever happens, nothing is
 * left of it. Where it cannot be written, or the disk would get full, it is given up.
 */
final class Spool implements Closeable {
  private static final long LOOK_EVERY = 64L << 20;

  /** Not more than this part of the disk is taken from others: a tenth stays free. */
  private static final int FREE = 10;

  private static final int HEAD = 2 * Integer.BYTES;

  private @Nullable FileChannel channel;
  private @Nullable FileStore disk;
  private long end;
  private long lookAt;

  /** {@code folder}: where there is room. */
  Spool(Path folder) {
    try {
      Path file = Files.createTempFile(folder, ".candlewick-import", "");
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      disk = Files.getFileStore(folder);
    } catch (IOException e) {
      giveUp();
    }
  }

  /** How many bytes there are: where the next file's messages begin. */
  long end() {
    return end;
  }

  /** Adds a message. */
  void add(TickMessage message) {
    FileChannel file = channel;
    if (file == null) {
      return;
    }
    byte[] tail = message.tail().getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + tail.length);
    bytes.putInt(message.rows()).putInt(tail.length).put(tail).flip();
    try {
      if (end >= lookAt && !hasRoom()) {
        giveUp();
        return;
      }
      while (bytes.hasRemaining()) {
        end += file.write(bytes, end);
      }
    } catch (IOException e) {
      giveUp();
    }
  }

  private boolean hasRoom() throws IOException {
    lookAt = end + LOOK_EVERY;
    return disk != null && disk.getUsableSpace() > disk.getTotalSpace() / FREE + LOOK_EVERY;
  }

  private void giveUp() {
    try {
      close();
    } catch (IOException e) {
      // The disk is full or broken: what is on it is not needed.
    }
    channel = null;
  }

  /**
   * The messages of a file, all of which are of this type.
   *
   * @return null if they have been given up
   */
  @Nullable MessageReader messages(String type, long from, long to) {
    FileChannel file = channel;
    return file == null ? null : new Kept(file, type, from, to);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  private static final class Kept implements MessageReader {
    private final FileChannel file;
    private final String type;
    private final long to;
    private final FirstRows firstRows = new FirstRows();
    private long at;

    Kept(FileChannel file, String type, long from, long to) {
      this.file = file;
      this.type = type;
      this.at = from;
      this.to = to;
    }

    @Override
    public @Nullable RecordedMessage next() throws IOException {
      if (at == to) {
        return null;
      }
      ByteBuffer head = read(HEAD);
      int rows = head.getInt();
      ByteBuffer tail = read(head.getInt());
      firstRows.add(rows);
      String text = new String(tail.array(), StandardCharsets.ISO_8859_1);
      return new RecordedMessage(TickMessage.of(type, text, rows), 0);
    }

    private ByteBuffer read(int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        int n = file.read(bytes, at);
        if (n < 0) {
          throw new EOFException("the spool of the import ends too early");
        }
        at += n;
      }
      return bytes.flip();
    }

    @Override
    public String place(long message, int index) {
      return firstRows.place(message, index);
    }

    @Override
    public void close() {
      // All files share the channel.
    }
  }
}
