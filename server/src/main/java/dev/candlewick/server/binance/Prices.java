package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.Timeframe;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.candle.Candles;
import dev.candlewick.server.candle.Wanted;
import dev.candlewick.server.instrument.InstrumentRepository;
import dev.candlewick.server.latest.Latest;
import dev.candlewick.server.latest.LatestRepository;
import dev.candlewick.server.web.Range;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last price of instruments: from the last trade, else from the forming minute; for an
 * instrument requested by name, else the close of its last minute.
 */
public final class Prices {
  private static final Timeframe MINUTE = Timeframe.ofSeconds(60);

  private final InstrumentRepository instruments;
  private final LatestRepository latest;
  private final Candles candles;

  public Prices(InstrumentRepository instruments, LatestRepository latest, Candles candles) {
    this.instruments = instruments;
    this.latest = latest;
    this.candles = candles;
  }

  /** A price of an instrument. */
  record Price(String symbol, double price) {}

  /** Those that have a price; without symbols, for all of the venue. */
  Future<List<Price>> of(String venue, List<String> symbols) {
    return latest.find(venue, symbols).compose(found -> prices(found, !symbols.isEmpty()));
  }

  private Future<List<Price>> prices(List<Latest> found, boolean named) {
    List<Future<Optional<Price>>> prices = new ArrayList<>(found.size());
    for (Latest newest : found) {
      Optional<Price> price = price(newest);
      boolean lookBack = price.isEmpty() && named;
      prices.add(lookBack ? lastClose(newest) : Future.succeededFuture(price));
    }
    return Future.all(prices)
        .map(all -> prices.stream().flatMap(price -> price.result().stream()).toList());
  }

  private static Optional<Price> price(Latest newest) {
    if (newest.trade() != null) {
      return Optional.of(new Price(newest.symbol(), newest.trade().price()));
    }
    return Optional.ofNullable(newest.candle())
        .map(candle -> new Price(newest.symbol(), candle.close()));
  }

  private Future<Optional<Price>> lastClose(Latest newest) {
    Wanted last = Wanted.last(MINUTE, new Range(null, null), 1);
    return instruments
        .id(newest.venue(), newest.symbol())
        .compose(id -> candles.find(id, last))
        .map(
            minutes ->
                minutes.stream()
                    .map(Candle::close)
                    .map(close -> new Price(newest.symbol(), close))
                    .findFirst());
  }

  /** Writes a price as an object. */
  static void write(JsonGenerator json, Price price) throws IOException {
    json.writeStartObject();
    json.writeStringField("symbol", price.symbol());
    json.writeStringField("price", Decimals.text(price.price()));
    json.writeEndObject();
  }
}
