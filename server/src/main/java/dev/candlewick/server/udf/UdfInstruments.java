package dev.candlewick.server.udf;

import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The instruments behind the names that a chart knows. */
public final class UdfInstruments {
  private static final Timeframe DAY = Timeframe.ofSeconds(86_400);
  private static final int SAMPLE = 20;

  private final InstrumentRepository instruments;
  private final Candles candles;

  public UdfInstruments(InstrumentRepository instruments, Candles candles) {
    this.instruments = instruments;
    this.candles = candles;
  }

  /**
   * The instrument of {@code VENUE:SYMBOL} or of a bare symbol; fails where there is none, or more
   * than one venue has the bare symbol.
   */
  Future<Instrument> find(String name) {
    if (name.indexOf('\0') >= 0) {
      throw UdfException.unknownSymbol();
    }
    int colon = name.indexOf(':');
    if (colon < 0) {
      return bare(name);
    }
    // A symbol may hold a colon itself.
    return instruments
        .find(name.substring(0, colon), name.substring(colon + 1))
        .compose(found -> found.isPresent() ? Future.succeededFuture(found.get()) : bare(name));
  }

  private Future<Instrument> bare(String symbol) {
    return instruments
        .named(symbol)
        .map(
            found -> {
              if (found.isEmpty()) {
                throw UdfException.unknownSymbol();
              }
              if (found.size() > 1) {
                throw UdfException.bad(
                    "symbol", "is traded at more than one venue, name it VENUE:SYMBOL");
              }
              return found.get(0);
            });
  }

  Future<List<Instrument>> search(@Nullable String venue, @Nullable String text, int limit) {
    return instruments.search(venue, text, limit);
  }

  Future<List<String>> venues() {
    return instruments.venues();
  }

  /** What a chart is told of an instrument: where no tick size is, by the prices of late. */
  Future<SymbolInfo> info(Instrument instrument) {
    Double tick = instrument.steps().tickSize();
    if (tick != null && tick > 0) {
      return Future.succeededFuture(new SymbolInfo(instrument, Steps.of(tick)));
    }
    Wanted lately = Wanted.last(DAY, new Range(null, null), SAMPLE);
    return candles
        .find(instrument.id(), lately)
        .map(days -> new SymbolInfo(instrument, Steps.of(places(days))));
  }

  private static int places(List<Candle> days) {
    return days.stream()
        .flatMap(day -> List.of(day.open(), day.high(), day.low(), day.close()).stream())
        .mapToInt(Steps::places)
        .max()
        .orElse(2);
  }
}
