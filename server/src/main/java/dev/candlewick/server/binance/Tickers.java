package dev.candlewick.server.binance;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.Latest;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The last day of instruments, and their books. The day starts at a five-minute boundary before 24
 * hours ago, which is its {@code openTime}, so that few candles have to be read.
 */
public final class Tickers {
  private static final Timeframe STEP = Timeframe.ofSeconds(300);
  private static final long DAY = 86_400;
  private static final long MICROS = 1_000_000;

  /** Instruments read at the same time: others need connections too. */
  private static final int AT_ONCE = 4;

  private final InstrumentRepository instruments;
  private final LatestRepository latest;
  private final Candles candles;
  private final Clock clock;

  public Tickers(
      InstrumentRepository instruments, LatestRepository latest, Candles candles, Clock clock) {
    this.instruments = instruments;
    this.latest = latest;
    this.candles = candles;
    this.clock = clock;
  }

  /** The newest rows of each instrument; without symbols, of all of the venue. */
  Future<List<Latest>> books(String venue, List<String> symbols) {
    return latest.find(venue, symbols);
  }

  /** The last day of each instrument; without symbols, of all of the venue. */
  Future<List<Ticker>> days(String venue, List<String> symbols) {
    return latest.find(venue, symbols).compose(found -> days(found, new ArrayList<>()));
  }

  private Future<List<Ticker>> days(List<Latest> all, List<Ticker> done) {
    if (done.size() == all.size()) {
      return Future.succeededFuture(done);
    }
    List<Latest> next = all.subList(done.size(), Math.min(all.size(), done.size() + AT_ONCE));
    List<Future<Ticker>> days = next.stream().map(this::day).toList();
    return Future.all(days)
        .compose(
            found -> {
              days.forEach(day -> done.add(day.result()));
              return days(all, done);
            });
  }

  private Future<Ticker> day(Latest newest) {
    long now = clock.millis();
    long from = STEP.bucket(Math.floorDiv(now, 1_000) - DAY);
    Range range = new Range((from - STEP.seconds()) * MICROS, now * 1_000);
    // The candle before the day is read as well: its close is the previous one.
    Wanted wanted = Wanted.last(STEP, range, (int) (DAY / STEP.seconds()) + 3);
    return instruments
        .id(newest.venue(), newest.symbol())
        .compose(id -> candles.find(id, wanted))
        .map(found -> Ticker.of(newest, found, from, now));
  }
}
