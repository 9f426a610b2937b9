package dev.candlewick.record;

import java.util.Arrays;

/**
 * The keys (timestamp, id) of changed rows, packed: each number is the zigzag varint of its
 * difference from the one before. Rows of one feed take about five bytes each.
 */
public final class RowKeys {
  private byte[] bytes = new byte[64];
  private int length;
  private long lastTs;
  private long lastId;
  private long oldest = Long.MAX_VALUE;

  /** Receives the keys of a packed list, in order. */
  @FunctionalInterface
  public interface Reader {
    void key(long ts, long id);
  }

  /** Appends a key; {@code ts} in microseconds since the epoch. */
  public void add(long ts, long id) {
    write(ts - lastTs);
    write(id - lastId);
    lastTs = ts;
    lastId = id;
    oldest = Math.min(oldest, ts);
  }

  /** The earliest timestamp so far. */
  public long oldest() {
    return oldest;
  }

  /** The keys so far, packed. */
  public byte[] packed() {
    return Arrays.copyOf(bytes, length);
  }

  private void write(long difference) {
    if (bytes.length - length < 10) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    long rest = (difference << 1) ^ (difference >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /** Unpacks what {@link #packed} returned. */
  public static void read(byte[] packed, Reader reader) {
    long ts = 0;
    long id = 0;
    int at = 0;
    while (at < packed.length) {
      ts += difference(packed, at);
      at = end(packed, at);
      id += difference(packed, at);
      at = end(packed, at);
      reader.key(ts, id);
    }
  }

  private static long difference(byte[] packed, int start) {
    long value = 0;
    int shift = 0;
    int at = start;
    while (packed[at] < 0) {
      value |= (long) (packed[at++] & 0x7F) << shift;
      shift += 7;
    }
    value |= (long) packed[at] << shift;
    return (value >>> 1) ^ -(value & 1);
  }

  private static int end(byte[] packed, int start) {
    int at = start;
    while (packed[at] < 0) {
      at++;
    }
    return at + 1;
  }
}
