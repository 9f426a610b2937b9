package dev.candlewick.server.live;

import dev.candlewick.server.record.LiveRecordRepository;
import dev.candlewick.server.tick.LiveTickRepository;
import dev.candlewick.server.tick.Quote;
import dev.candlewick.server.tick.Trade;
import io.vertx.core.Context;
import io.vertx.sqlclient.Pool;

/**
 * What live data is read from: which rows were committed, and those rows. From the primary only: a
 * replica cannot say which commits it shows.
 */
public final class LiveRepository {
  private final Pool primary;
  private final LiveTickRepository<Trade> trades;
  private final LiveTickRepository<Quote> quotes;
  private final LiveRecordRepository records;

  /**
   * The pool must be the primary's. While there are subscribers, one of its connections is kept.
   */
  public LiveRepository(Pool primary) {
    this.primary = primary;
    this.trades = LiveTickRepository.trades(primary);
    this.quotes = LiveTickRepository.quotes(primary);
    this.records = new LiveRecordRepository(primary);
  }

  JournalRepository journal(Context context, Runnable woken) {
    return new JournalRepository(primary, context, woken);
  }

  LiveTickRepository<Trade> trades() {
    return trades;
  }

  LiveTickRepository<Quote> quotes() {
    return quotes;
  }

  LiveRecordRepository records() {
    return records;
  }
}
