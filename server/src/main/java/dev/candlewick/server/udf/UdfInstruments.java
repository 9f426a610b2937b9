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
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The instruments behind the names that a chart knows. */
public final class UdfInstruments {
  private static final Timeframe DAY = Timeframe.ofSeconds(86_400);
  private static final int SAMPLE = 20;
  private static final Future<List<Instrument>> NONE = Future.succeededFuture(List.of());

  private final InstrumentRepository instruments;
  private final Candles candles;

  public UdfInstruments(InstrumentRepository instruments, Candles candles) {
    this.instruments = instruments;
    this.candles = candles;
  }

  /**
   * The instrument named {@code VENUE:SYMBOL} or by its bare symbol; if none is written exactly
   * like that, the only one that matches in upper case. Fails if there is none, or more than one.
   */
  Future<Instrument> find(String name) {
    if (name.indexOf('\0') >= 0) {
      throw UdfException.unknownSymbol();
    }
    int colon = name.indexOf(':');
    // A symbol may itself contain a colon.
    Future<List<Instrument>> full =
        colon < 0 ? NONE : exactly(name.substring(0, colon), name.substring(colon + 1));
    return full.compose(found -> found.isEmpty() ? instruments.named(name) : done(found))
        .compose(
            found ->
                found.isEmpty() && colon >= 0
                    ? instruments.inAnyCase(name.substring(0, colon), name.substring(colon + 1))
                    : done(found))
        .compose(found -> found.isEmpty() ? instruments.inAnyCase(null, name) : done(found))
        .map(UdfInstruments::one);
  }

  private Future<List<Instrument>> exactly(String venue, String symbol) {
    return instruments.find(venue, symbol).map(found -> found.stream().toList());
  }

  private static Future<List<Instrument>> done(List<Instrument> found) {
    return Future.succeededFuture(found);
  }

  private static Instrument one(List<Instrument> found) {
    if (found.isEmpty()) {
      throw UdfException.unknownSymbol();
    }
    if (found.size() > 1) {
      boolean venues = found.stream().map(Instrument::venue).distinct().count() > 1;
      throw UdfException.bad(
          "symbol",
          venues
              ? "is traded at more than one venue, name it VENUE:SYMBOL"
              : "more than one instrument has this name in upper case, write it as it is");
    }
    return found.get(0);
  }

  /**
   * The first instruments that a text may mean: part of a symbol or name, or {@code VENUE:SYMBOL}.
   *
   * @param exchange null for all venues; also in upper case if exactly one venue matches
   */
  Future<List<Instrument>> search(@Nullable String exchange, @Nullable String text, int limit) {
    return instruments
        .venues()
        .compose(
            all -> {
              String venue = exchange == null ? null : venue(all, exchange);
              if (exchange != null && venue == null) {
                return NONE;
              }
              return search(all, venue, text, limit);
            });
  }

  private Future<List<Instrument>> search(
      List<String> venues, @Nullable String venue, @Nullable String text, int limit) {
    int colon = text == null ? -1 : text.indexOf(':');
    String named = text == null || colon < 0 ? null : venue(venues, text.substring(0, colon));
    Future<List<Instrument>> plain = instruments.search(venue, text, limit);
    if (text == null || named == null || (venue != null && !venue.equals(named))) {
      return plain;
    }
    String symbol = text.substring(colon + 1);
    return instruments
        .search(named, symbol.isEmpty() ? null : symbol, limit)
        .compose(
            first ->
                plain.map(
                    second ->
                        Stream.concat(first.stream(), second.stream())
                            .distinct()
                            .limit(limit)
                            .toList()));
  }

  /**
   * The venue with this name, else the only one that matches in upper case; null if there is none.
   */
  private static @Nullable String venue(List<String> all, String name) {
    if (all.contains(name)) {
      return name;
    }
    List<String> fitting =
        all.stream()
            .filter(one -> one.toUpperCase(Locale.ROOT).equals(name.toUpperCase(Locale.ROOT)))
            .toList();
    return fitting.size() == 1 ? fitting.get(0) : null;
  }

  Future<List<String>> venues() {
    return instruments.venues();
  }

  /** The description for a chart; without a tick size, derived from recent prices. */
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
