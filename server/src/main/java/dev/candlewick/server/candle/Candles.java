package dev.candlewick.server.candle;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds candles. */
public final class Candles {
  private static final long MICROS = 1_000_000;

  private final CandleRepository repository;
  private final Clock clock;

  /** Finds them in this repository; the clock decides which ones are closed. */
  public Candles(CandleRepository repository, Clock clock) {
    this.repository = repository;
    this.clock = clock;
  }

  /** One page; fails with 404 if there is no such instrument. */
  public Future<CandlePage> page(CandleQuery query) {
    return instrument(query).compose(found -> page(series(query, found), query.slice()));
  }

  Future<Instrument> instrument(CandleQuery query) {
    return query.asksOfInstrument()
        ? repository.instrument(query.venue(), query.symbol())
        : repository.knownInstrument(query.venue(), query.symbol());
  }

  /** The last candles of a query that start before a time, ascending, up to a number. */
  public Future<List<Candle>> before(CandleQuery query, long seconds, int count) {
    Slice slice = query.before(seconds, count);
    return instrument(query).compose(found -> rest(series(query, found), slice, new ArrayList<>()));
  }

  /** When the day of a query that contains a time starts, both in seconds since the epoch. */
  public Future<LongUnaryOperator> days(CandleQuery query) {
    return instrument(query).map(found -> query.days(found)::floor);
  }

  /** The current time, in seconds since the epoch. */
  long now() {
    return clock.instant().getEpochSecond();
  }

  static Series series(CandleQuery query, Instrument instrument) {
    return new Series(
        instrument.id(), query.timeframe(), query.buckets(instrument), query.source());
  }

  Future<CandlePage> page(Series series, Slice slice) {
    return new CandleScan(repository, series, slice, now()).page();
  }

  /**
   * Candles of an instrument, ascending, including the forming one, as {@code GET /v1/candles}
   * would return them: the first or the last of the range, up to a number.
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

  /**
   * What is stored of a range of candles.
   *
   * @param from the requested start, or the first candle's
   * @param to the requested end, now at the latest
   * @param firstData where the instrument's first candle of the timeframe starts, or would start
   * @param dropped where the levels start from which retention has dropped something
   * @param making what is still being rolled up: until then each read builds it itself
   */
  record Held(
      Instrument instrument,
      @Nullable TradingHours session,
      Set<Long> starts,
      long from,
      long to,
      long firstData,
      Map<Long, Long> dropped,
      List<Run> making) {}

  /** The candles of a query's range; fails with 404 if there is no such instrument. */
  Future<Held> held(CandleQuery query) {
    long now = clock.instant().getEpochSecond();
    return repository
        .instrument(query.venue(), query.symbol())
        .compose(
            instrument -> {
              Series series = series(query, instrument);
              return repository
                  .first(series, now)
                  .compose(first -> held(query, instrument, series, first.orElse(now), now))
                  .compose(held -> withWhy(series, held));
            });
  }

  private Future<Held> withWhy(Series series, Held held) {
    return repository
        .dropped()
        .compose(
            dropped ->
                repository
                    .making(series, held.from(), held.to())
                    .map(
                        making ->
                            new Held(
                                held.instrument(),
                                held.session(),
                                held.starts(),
                                held.from(),
                                held.to(),
                                held.firstData(),
                                dropped,
                                making)));
  }

  private Future<Held> held(
      CandleQuery query, Instrument instrument, Series series, long firstData, long now) {
    long first = series.buckets().floor(firstData);
    Long asked = query.slice().range().from();
    long from = asked == null ? first : Math.floorDiv(asked, MICROS);
    long to = Math.min(now, query.slice().to(now));
    String text = instrument.session();
    TradingHours session = text == null ? null : TradingHours.parse(text).orElse(null);
    Range range = new Range(Math.multiplyExact(Math.max(from, first), MICROS), to * MICROS);
    if (to <= from || to <= first) {
      return Future.succeededFuture(
          new Held(instrument, session, Set.of(), from, to, first, Map.of(), List.of()));
    }
    if ((to - from) / query.timeframe().longestSeconds() > Coverage.MOST_BUCKETS) {
      throw Problem.badParameter(
          "from", "the range may have " + Coverage.MOST_BUCKETS + " candles of this timeframe");
    }
    Slice slice = new Slice(range, Coverage.MOST_BUCKETS + 1, false, null, Fill.NONE, false);
    return rest(series, slice, new ArrayList<>())
        .map(
            candles -> {
              Set<Long> starts = candles.stream().map(Candle::ts).collect(Collectors.toSet());
              return new Held(instrument, session, starts, from, to, first, Map.of(), List.of());
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
