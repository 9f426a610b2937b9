package dev.candlewick.ingest.message;

import dev.candlewick.ingest.row.Row;
import dev.candlewick.ingest.row.Trade;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A trade or quote on its way into its table.
 *
 * @param id the trade's id, or the quote's seq
 * @param taken its place among the rows of its time: -1 if that is by its id alone, 0 behind those
 *     if by its id as an unsigned number, else the order in which it was taken
 */
public record Line(Message message, Row row, int instrumentId, long id, long taken) {
  public static final long BY_ID = -1;
  static final long BY_UNSIGNED_ID = 0;

  /** Of 2^64 - 1; that of 2^63 has one less. */
  private static final int UNSIGNED_DIGITS = 20;

  private static final byte[] NO_TEXT = {};

  public static final Comparator<Line> BY_KEY =
      Comparator.comparingInt(Line::instrumentId)
          .thenComparingLong(line -> line.row().ts())
          .thenComparingLong(Line::id);

  /**
   * The column {@code taken} of a trade: its position followed by the text of its id. Unsigned
   * numbers have as many digits as the largest, so that their texts sort the same way.
   */
  public byte @Nullable [] takenColumn() {
    if (taken == BY_ID) {
      return null;
    }
    byte[] id = NO_TEXT;
    if (row instanceof Trade trade && trade.text() != null) {
      String text = trade.text();
      boolean digits = taken == BY_UNSIGNED_ID && text.length() < UNSIGNED_DIGITS;
      id = (digits ? "0" + text : text).getBytes(StandardCharsets.UTF_8);
    }
    return ByteBuffer.allocate(Long.BYTES + id.length).putLong(taken).put(id).array();
  }

  /** Orders it among the rows with the same time and the same {@link #taken()}. */
  public long rank() {
    return taken == BY_UNSIGNED_ID && row instanceof Trade trade && trade.text() != null
        ? Long.parseUnsignedLong(trade.text())
        : id;
  }

  public Key key() {
    return new Key(instrumentId, row.ts(), id);
  }

  /** The primary key. */
  public record Key(int instrumentId, long ts, long id) {}
}
