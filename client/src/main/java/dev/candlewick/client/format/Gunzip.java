package dev.candlewick.client.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads gzip (RFC 1952), with any number of members, to its very end. The JDK's reader treats
 * anything after the first member as the end of the data; here it is another member or an error.
 */
public final class Gunzip extends InputStream {
  private static final int MAGIC_1 = 0x1f;
  private static final int MAGIC_2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer;
  private int at;
  private int end;
  private int members;
  private boolean ended;

  /** Reads gzip from {@code in}, {@code size} bytes at a time. */
  public Gunzip(InputStream in, int size) {
    this.in = in;
    this.buffer = new byte[size];
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (members == 0 && !beginsMember()) {
      throw new EOFException("no gzip data");
    }
    while (!ended) {
      int read = inflate(into, offset, length);
      if (read > 0) {
        crc.update(into, offset, read);
        return read;
      }
      if (inflater.finished()) {
        at = end - inflater.getRemaining();
        checkTrailer();
        ended = !beginsMember();
      } else if (inflater.needsInput()) {
        at = end;
        fill();
        inflater.setInput(buffer, at, end - at);
      } else {
        throw new ZipException("a preset dictionary is needed");
      }
    }
    return -1;
  }

  private int inflate(byte[] into, int offset, int length) throws IOException {
    try {
      return inflater.inflate(into, offset, length);
    } catch (DataFormatException e) {
      throw new ZipException("damaged deflate data");
    }
  }

  /** Reads the header of the next member; false at the end of the data. */
  private boolean beginsMember() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer));
      if (end == 0) {
        return false;
      }
    }
    crc.reset();
    if (next() != MAGIC_1 || next() != MAGIC_2 || next() != DEFLATE) {
      throw new ZipException(members > 0 ? "no gzip after a gzip member" : "not gzip");
    }
    int flags = next();
    if ((flags & RESERVED) != 0) {
      throw new ZipException("unknown gzip flags");
    }
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(next() | next() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      int due = (int) crc.getValue() & 0xffff;
      if ((next() | next() << 8) != due) {
        throw new ZipException("damaged gzip header");
      }
    }
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, at, end - at);
    members++;
    return true;
  }

  private void checkTrailer() throws IOException {
    long sum = crc.getValue();
    long length = inflater.getBytesWritten() & 0xffffffffL;
    if (nextInt() != sum || nextInt() != length) {
      throw new ZipException("damaged gzip data: its checksum or length is wrong");
    }
  }

  private long nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | (long) next() << 24;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // Up to its zero byte.
    }
  }

  private int next() throws IOException {
    if (at == end) {
      fill();
    }
    crc.update(buffer[at]);
    return buffer[at++] & 0xff;
  }

  private void fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    if (end == 0) {
      throw new EOFException("the gzip data ends too early");
    }
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
