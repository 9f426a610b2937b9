package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.server.live.LiveRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest book of a stream, sent at most once per interval, and when it changed. */
final class BookQueue implements EventQueue<LiveRecord> {
  private final int levels;
  private final long every;
  private @Nullable Book waiting;
  private long next;

  BookQueue(int levels, long every) {
    this.levels = levels;
    this.every = every;
  }

  @Override
  public void begin(List<LiveRecord> rows) {
    add(rows);
  }

  @Override
  public void add(List<LiveRecord> rows) {
    if (!rows.isEmpty()) {
      LiveRecord newest = rows.get(rows.size() - 1);
      waiting =
          Book.of(
              newest.stored().ts(),
              (Long) newest.value("last_update_id"),
              (String) newest.value("bids"),
              (String) newest.value("asks"));
    }
  }

  @Override
  public int waiting() {
    return waiting == null ? 0 : 1;
  }

  @Override
  public long due() {
    return waiting == null ? Long.MAX_VALUE : next;
  }

  @Override
  public void writeNext(JsonGenerator json, long now) throws IOException {
    Book book = waiting == null ? Book.NONE : waiting;
    waiting = null;
    next = now + every;
    book.write(json, levels);
  }
}
