package dev.candlewick.ingest.table;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Rows in PostgreSQL's binary COPY format (documentation, "COPY", section "Binary Format"). */
final class CopyBuffer {
  /** Microseconds from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
  private static final long POSTGRES_EPOCH = 946_684_800_000_000L;

  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  private ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

  CopyBuffer() {
    buffer.put(SIGNATURE).putInt(0).putInt(0);
  }

  CopyBuffer row(int columns) {
    room(Short.BYTES);
    buffer.putShort((short) columns);
    return this;
  }

  CopyBuffer int4(int value) {
    room(Integer.BYTES * 2);
    buffer.putInt(Integer.BYTES).putInt(value);
    return this;
  }

  CopyBuffer int2(short value) {
    room(Integer.BYTES + Short.BYTES);
    buffer.putInt(Short.BYTES).putShort(value);
    return this;
  }

  CopyBuffer int8(long value) {
    room(Integer.BYTES + Long.BYTES);
    buffer.putInt(Long.BYTES).putLong(value);
    return this;
  }

  /** A timestamptz from microseconds since 1970. */
  CopyBuffer timestamp(long micros) {
    return int8(micros - POSTGRES_EPOCH);
  }

  CopyBuffer float8(double value) {
    room(Integer.BYTES + Double.BYTES);
    buffer.putInt(Double.BYTES).putDouble(value);
    return this;
  }

  CopyBuffer nullableFloat8(@Nullable Double value) {
    if (value != null) {
      return float8(value);
    }
    room(Integer.BYTES);
    buffer.putInt(-1);
    return this;
  }

  CopyBuffer nullableBytes(byte @Nullable [] value) {
    room(Integer.BYTES + (value == null ? 0 : value.length));
    if (value == null) {
      buffer.putInt(-1);
    } else {
      buffer.putInt(value.length).put(value);
    }
    return this;
  }

  /** Ends the rows and returns all bytes, ready to be read. */
  ByteBuffer finish() {
    room(Short.BYTES);
    buffer.putShort((short) -1);
    return buffer.flip();
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      buffer = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.flip());
    }
  }
}
