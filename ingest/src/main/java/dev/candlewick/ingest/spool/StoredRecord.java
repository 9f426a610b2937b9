package dev.candlewick.ingest.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it stands in a file, big-endian: magic 4, length of the body 4, CRC32C of length and
 * body 4; then the body: lsn 8, firstOfGroup 8, takenMillis 8, epoch 8, seq 8, apiKeyId 4, length
 * of the stream's name 1, the name, the payload.
 *
 * @param lsn its number in its lane's log: each is one more than the one before
 * @param firstOfGroup lsn of the first record that was written together with it; all before that
 *     one was fsynced when this one was written
 */
record StoredRecord(long lsn, long firstOfGroup, Entry entry) {
  static final int HEADER = 12;
  private static final int MAGIC = 0xCA9D_1E01;

  /** The body of an entry with no payload and a stream name of one character. */
  static final int BODY_LEAST = 46;

  private static final int BODY_MOST = 128 << 20;

  void write(ByteBuffer out) {
    int start = out.position();
    byte[] name = entry.stream().getBytes(StandardCharsets.US_ASCII);
    out.putInt(MAGIC).putInt(entry.size() - HEADER).putInt(0);
    out.putLong(lsn).putLong(firstOfGroup).putLong(entry.takenMillis());
    out.putLong(entry.epoch()).putLong(entry.seq()).putInt(entry.apiKeyId());
    out.put((byte) name.length).put(name).put(entry.payload());
    out.putInt(start + 8, crc(out.duplicate().flip().position(start)));
  }

  /** The body length in a header; -1 where no record can start. */
  static int bodyLength(ByteBuffer at) {
    int start = at.position();
    int length = at.getInt(start + 4);
    boolean plausible = at.getInt(start) == MAGIC && length >= BODY_LEAST && length <= BODY_MOST;
    return plausible ? length : -1;
  }

  /** The record that {@code in} starts and ends with; null if it is damaged. */
  static @Nullable StoredRecord read(ByteBuffer in) {
    if (in.getInt(in.position() + 8) != crc(in)) {
      return null;
    }
    in.position(in.position() + HEADER);
    long lsn = in.getLong();
    long firstOfGroup = in.getLong();
    long takenMillis = in.getLong();
    long epoch = in.getLong();
    long seq = in.getLong();
    int apiKeyId = in.getInt();
    byte[] name = new byte[in.get()];
    in.get(name);
    byte[] payload = new byte[in.remaining()];
    in.get(payload);
    String stream = new String(name, StandardCharsets.US_ASCII);
    return new StoredRecord(
        lsn, firstOfGroup, new Entry(apiKeyId, stream, epoch, seq, takenMillis, payload));
  }

  /** Over the length and the body. */
  private static int crc(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    int start = record.position();
    crc.update(record.slice(start + 4, 4));
    crc.update(record.slice(start + HEADER, record.limit() - start - HEADER));
    return (int) crc.getValue();
  }
}
