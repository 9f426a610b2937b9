package dev.candlewick.server.binance;

import dev.candlewick.server.instrument.Instrument;
import dev.candlewick.server.instrument.InstrumentRepository;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The venue's instruments by the names that clients use. A name is looked up as written, then in
 * upper case if exactly one instrument matches: {@code btcusdt}.
 */
final class BinanceSymbols {
  private final String venue;
  private final InstrumentRepository instruments;

  BinanceSymbols(String venue, InstrumentRepository instruments) {
    this.venue = venue;
    this.instruments = instruments;
  }

  /** The instrument; fails with -1121 if there is none. */
  Future<Instrument> find(String symbol) {
    return instruments
        .find(venue, symbol)
        .compose(
            exact ->
                exact.isPresent()
                    ? Future.succeededFuture(List.of(exact.get()))
                    : inAnyCase(symbol))
        .map(
            found -> {
              if (found.size() != 1) {
                throw BinanceException.badSymbol();
              }
              return found.get(0);
            });
  }

  private Future<List<Instrument>> inAnyCase(String symbol) {
    return instruments
        .inAnyCase(venue, symbol)
        .map(found -> found.stream().filter(each -> each.venue().equals(venue)).toList());
  }

  /** The instruments of all these names, each once. */
  Future<List<Instrument>> find(List<String> symbols) {
    List<Future<Instrument>> found = new ArrayList<>(symbols.size());
    symbols.stream().distinct().forEach(symbol -> found.add(find(symbol)));
    return Future.all(found).map(all -> found.stream().map(Future::result).distinct().toList());
  }

  /** These names as the venue writes them; none for all of the venue. */
  Future<List<String>> names(List<String> symbols) {
    return find(symbols).map(found -> found.stream().map(Instrument::symbol).toList());
  }
}
