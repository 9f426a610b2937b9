package dev.candlewick.server.candle;

import dev.candlewick.server.candle.KeptCandles.Piece;
import dev.candlewick.server.memory.Memory;
import dev.candlewick.server.web.Times;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The candles of a query's instrument, from memory; what is not kept is read, and kept. */
public final class CandleHistory {
  /** More candles than this are read from the database, and not kept. */
  private static final int MOST = 10_000;

  private final Candles candles;
  private final Memory memory;
  private final CandleQuery query;
  private final Instrument instrument;
  private final Series series;
  private final CandleRecall.Kind kind;

  CandleHistory(
      Candles candles, Memory memory, CandleQuery query, Instrument instrument, Times unit) {
    this.candles = candles;
    this.memory = memory;
    this.query = query;
    this.instrument = instrument;
    this.series = Candles.series(query, instrument);
    this.kind =
        new CandleRecall.Kind(
            CandleMemory.Key.of(query, instrument, unit, List.of()),
            all -> Future.succeededFuture(CandleJson.rows(all, unit)),
            Words.CANDLES,
            slice -> candles.page(series, slice));
  }

  /** One page of the candles themselves. */
  <T> Future<T> recall(Slice slice, CandleRecall.Form<T> form) {
    return recall(kind, slice, form);
  }

  /** One page of rows of this kind. */
  <T> Future<T> recall(CandleRecall.Kind of, Slice slice, CandleRecall.Form<T> form) {
    return new CandleRecall<>(candles, memory, series, slice, of, form).page();
  }

  Future<CandlePage> page(Slice slice) {
    return recall(slice, (pieces, next) -> page(pieces, next, slice.descending()));
  }

  private static CandlePage page(List<Piece> pieces, @Nullable Position next, boolean descending) {
    List<Candle> found = new ArrayList<>();
    for (Piece piece : pieces) {
      for (int row = piece.first(); row < piece.end(); row++) {
        found.add(piece.rows().candle(row));
      }
    }
    if (descending) {
      Collections.reverse(found);
    }
    return new CandlePage(found, next);
  }

  /** The last candles of the query that start before a time, ascending, up to a number. */
  public Future<List<Candle>> before(long seconds, int count) {
    if (count > MOST) {
      return candles.before(query, seconds, count);
    }
    return page(query.before(seconds, count))
        .compose(
            page ->
                page.next() == null || page.candles().size() == count
                    ? Future.succeededFuture(page.candles())
                    : candles.before(query, seconds, count));
  }

  /** When the day of the query that contains a time starts, both in seconds since the epoch. */
  public LongUnaryOperator days() {
    return query.days(instrument)::floor;
  }
}
