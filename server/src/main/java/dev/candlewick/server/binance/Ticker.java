package dev.candlewick.server.binance;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.candlewick.record.ExactSum;
import dev.candlewick.server.candle.Candle;
import dev.candlewick.server.latest.Latest;
import dev.candlewick.server.tick.Quote;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ticker/24hr} and {@code ticker/bookTicker} say about an instrument. Unknown values
 * are zero, ids -1, as Binance does for a symbol without trades.
 *
 * @param day the candles of the day, ascending
 * @param previous the close right before the day, NaN if there is none
 * @param from when the day starts, seconds since the epoch
 * @param now when it ends, milliseconds since the epoch
 */
record Ticker(Latest newest, List<Candle> day, double previous, long from, long now) {
  private static final int PERCENT_PLACES = 3;
  private static final int PLACES = 8;
  private static final long MILLIS = 1_000;

  static Ticker of(Latest newest, List<Candle> candles, long from, long now) {
    List<Candle> day = candles.stream().filter(candle -> candle.ts() >= from).toList();
    double previous =
        candles.isEmpty() || candles.get(0).ts() >= from ? Double.NaN : candles.get(0).close();
    return new Ticker(newest, day, previous, from, now);
  }

  /**
   * Writes an object.
   *
   * @param mini without the changes and the book
   * @param perMilli units of time per millisecond
   */
  void write(JsonGenerator json, boolean mini, long perMilli) throws IOException {
    double open = day.isEmpty() ? 0 : day.get(0).open();
    double volume = sum(Candle::volume);
    double quoteVolume = sum(Candle::quoteVolume);
    json.writeStartObject();
    json.writeStringField("symbol", newest.symbol());
    if (!mini) {
      BigDecimal change = new BigDecimal(Decimals.text(last())).subtract(decimal(open));
      change = day.isEmpty() ? BigDecimal.ZERO : change;
      json.writeStringField(
          "priceChange", change.setScale(PLACES, RoundingMode.HALF_UP).toPlainString());
      json.writeStringField(
          "priceChangePercent", ratio(change.movePointRight(2), open, PERCENT_PLACES));
      json.writeStringField("weightedAvgPrice", ratio(decimal(quoteVolume), volume, PLACES));
      number(json, "prevClosePrice", previous);
    }
    number(json, "lastPrice", last());
    if (!mini) {
      number(json, "lastQty", newest.trade() == null ? 0 : newest.trade().size());
      writeQuote(json, newest.quote());
    }
    number(json, "openPrice", open);
    number(json, "highPrice", day.stream().mapToDouble(Candle::high).max().orElse(0));
    number(json, "lowPrice", day.stream().mapToDouble(Candle::low).min().orElse(0));
    number(json, "volume", volume);
    number(json, "quoteVolume", quoteVolume);
    json.writeNumberField("openTime", from * MILLIS * perMilli);
    json.writeNumberField("closeTime", now * perMilli);
    json.writeNumberField("firstId", -1);
    json.writeNumberField("lastId", -1);
    json.writeNumberField("count", day.stream().mapToLong(c -> Math.max(0, c.trades())).sum());
    json.writeEndObject();
  }

  /** Writes the best bid and ask of an instrument as an object. */
  static void writeBook(JsonGenerator json, Latest newest) throws IOException {
    json.writeStartObject();
    json.writeStringField("symbol", newest.symbol());
    writeQuote(json, newest.quote());
    json.writeEndObject();
  }

  private static void writeQuote(JsonGenerator json, @Nullable Quote quote) throws IOException {
    number(json, "bidPrice", quote == null ? null : quote.bid());
    number(json, "bidQty", quote == null ? null : quote.bidSize());
    number(json, "askPrice", quote == null ? null : quote.ask());
    number(json, "askQty", quote == null ? null : quote.askSize());
  }

  private double last() {
    if (newest.trade() != null) {
      return newest.trade().price();
    }
    return day.isEmpty() ? 0 : day.get(day.size() - 1).close();
  }

  private double sum(ToDoubleFunction<Candle> value) {
    ExactSum sum = new ExactSum();
    day.forEach(candle -> sum.add(value.applyAsDouble(candle)));
    return sum.value();
  }

  private static BigDecimal decimal(double value) {
    return new BigDecimal(Decimals.text(value));
  }

  private static String ratio(BigDecimal of, double to, int places) {
    return to == 0 || Double.isNaN(to)
        ? BigDecimal.ZERO.setScale(places).toPlainString()
        : of.divide(decimal(to), places, RoundingMode.HALF_UP).toPlainString();
  }

  private static void number(JsonGenerator json, String name, @Nullable Double value)
      throws IOException {
    json.writeStringField(name, Decimals.text(value == null ? Double.NaN : value));
  }
}
