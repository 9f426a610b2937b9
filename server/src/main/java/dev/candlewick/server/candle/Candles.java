package dev.candlewick.server.candle;

import dev.candlewick.Timeframe;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds candles. */
public final class Candles {
  private final CandleRepository repository;
  private final Clock clock;

  /** Finds them in this repository; the clock tells which ones are closed. */
  public Candles(CandleRepository repository, Clock clock) {
    this.repository = repository;
    this.clock = clock;
  }

  /** One page; fails with 404 if there is no such instrument. */
  Future<CandlePage> page(CandleQuery query) {
    return repository
        .instrument(query.venue(), query.symbol())
        .compose(instrument -> page(series(query, instrument), query.slice()));
  }

  private static Series series(CandleQuery query, Instrument instrument) {
    return new Series(
        instrument.id(), query.timeframe(), query.buckets(instrument), query.source());
  }

  private Future<CandlePage> page(Series series, Slice slice) {
    return new CandleScan(repository, series, slice, clock.instant().getEpochSecond()).page();
  }

  /**
   * An instrument's candles that begin in the range, ascending, the forming one included: what
   * {@code GET /v1/candles} answers, in one piece.
   *
   * @param range without {@code from} the latest candles are meant, else the first ones
   * @param limit how many at most
   */
  public Future<List<Candle>> range(int instrument, Timeframe timeframe, Range range, int limit) {
    Series series = new Series(instrument, timeframe, Buckets.utc(timeframe), Source.AUTO);
    Slice slice = new Slice(range, limit, false, null, Fill.NONE, false);
    return rest(series, slice, new ArrayList<>());
  }

  /**
   * Candles of an instrument, ascending, the forming one included: the first or the last of the
   * range, as many as are wanted.
   */
  public Future<List<Candle>> find(int instrument, Wanted wanted) {
    Series series =
        new Series(
            instrument,
            wanted.timeframe(),
            Buckets.at(wanted.offset(), wanted.timeframe()),
            Source.AUTO);
    Slice slice = new Slice(wanted.range(), wanted.limit(), wanted.last(), null, Fill.NONE, false);
    return rest(series, slice, new ArrayList<>())
        .map(
            found -> {
              if (wanted.last()) {
                Collections.reverse(found);
              }
              return found;
            });
  }

  private Future<List<Candle>> rest(Series series, Slice slice, List<Candle> found) {
    return page(series, slice)
        .compose(
            page -> {
              boolean before = slice.backwards() && !slice.descending();
              found.addAll(before ? 0 : found.size(), page.candles());
              Position next = page.next();
              return next == null || page.candles().size() == slice.limit()
                  ? Future.succeededFuture(found)
                  : rest(series, slice.after(page.candles().size(), next), found);
            });
  }
}
