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

  private static final byte[] NO_TEXT = {};

  public static final Comparator<Line> BY_KEY =
      Comparator.comparingInt(Line::instrumentId)
          .thenComparingLong(line -> line.row().ts())
          .thenComparingLong(Line::id);

  /** The column {@code taken} of a trade: behind its place the text of its id. */
  public byte @Nullable [] takenColumn() {
    if (taken == BY_ID) {
      return null;
    }
    String text = row instanceof Trade trade ? trade.text() : null;
    byte[] id = text == null ? NO_TEXT : text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + id.length).putLong(taken).put(id).array();
  }

  public Key key() {
    return new Key(instrumentId, row.ts(), id);
  }

  /** The primary key. */
  public record Key(int instrumentId, long ts, long id) {}
}
