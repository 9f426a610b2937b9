package dev.candlewick.server.candle;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Answers with JSON from memory, and keeps there what it has to read. The answers are what {@link
 * Candles} would find; {@link dev.candlewick.server.memory} explains why.
 */
final class CandleMemory {
  private final Candles candles;
  private final Memory memory;

  CandleMemory(Candles candles, Memory memory) {
    this.candles = candles;
    this.memory = memory;
  }

  /**
   * A page as JSON.
   *
   * @param rows the candles as ASCII, without the brackets of their list
   */
  record Page(byte[] rows, @Nullable Position next) {}

  /** Everything that a series' candles and their JSON depend on. */
  record Key(Timeframe timeframe, ZoneId zone, boolean session, Instrument instrument, Times unit) {
    static Key of(CandleQuery query, Instrument instrument, Times unit) {
      return new Key(query.timeframe(), query.zone(), query.session(), instrument, unit);
    }
  }

  /** Whether it handles such queries: those that are asked over and over. */
  boolean takes(CandleQuery query) {
    return memory.isOn() && query.slice().fill() == Fill.NONE && query.source() == Source.AUTO;
  }

  /** One page; fails with 404 if there is no such instrument. */
  Future<Page> page(CandleQuery query, Times unit) {
    return candles
        .instrument(query)
        .compose(found -> new CandleRecall(candles, memory, query, found, unit).page());
  }
}
