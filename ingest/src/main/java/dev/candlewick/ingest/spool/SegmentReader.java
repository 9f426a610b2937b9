package dev.candlewick.ingest.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the intact records of one file, in order; after a damaged one it finds the next intact one.
 */
final class SegmentReader implements Closeable {
  private static final int WINDOW = 256 << 10;

  private final Disk.File file;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;
  private long position;

  SegmentReader(Disk.File file) {
    this.file = file;
  }

  /** The next intact record that ends at or before {@code limit}; null if there is none. */
  @Nullable StoredRecord next(long limit) throws IOException {
    for (long start = position; limit - start >= StoredRecord.HEADER; start++) {
      int body = StoredRecord.bodyLength(bytes(start, StoredRecord.HEADER, limit));
      if (body >= 0 && body <= limit - start - StoredRecord.HEADER) {
        int size = StoredRecord.HEADER + body;
        StoredRecord record = StoredRecord.read(bytes(start, size, limit));
        if (record != null) {
          position = start + size;
          return record;
        }
      }
    }
    return null;
  }

  /** Where the last record returned ends. */
  long position() {
    return position;
  }

  private ByteBuffer bytes(long start, int length, long limit) throws IOException {
    if (start < windowStart || start + length > windowStart + window.limit()) {
      long size = Math.max(length, Math.min(WINDOW, limit - start));
      if (window.capacity() < size) {
        window = ByteBuffer.allocate((int) size);
      }
      window.clear().limit((int) size);
      file.read(window, start);
      if (window.hasRemaining()) {
        throw new IOException("the file ends before byte " + (start + size));
      }
      window.flip();
      windowStart = start;
    }
    return window.slice((int) (start - windowStart), length);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
