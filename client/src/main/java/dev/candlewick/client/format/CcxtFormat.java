package dev.candlewick.client.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * ccxt's candles {@code [ms, open, high, low, close, volume]} and trades, in JSON or CSV, as stored
 * by bots such as freqtrade.
 */
final class CcxtFormat implements Format {
  /** BTC_USDT-1m.json, BTC_USDT_USDT-1h-futures.json. */
  private static final Pattern NAME =
      Pattern.compile("^([A-Z0-9]+)_([A-Z0-9]+)(?:_([A-Z0-9]+))?-([0-9]+[smhdwM])\\b");

  private static final int CANDLE = 6;
  private static final String MILLIS = "[0-9]{12,13}(\\.0)?";

  @Override
  public String name() {
    return "ccxt";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    Layout layout = table(heading, Conversion.time(new Times("ms", options.zone())));
    if (layout == null) {
      return null;
    }
    FileOptions.Given given = options.given();
    layout.constant("venue", given.venue()).constant("symbol", given.symbol());
    if (layout.type.equals("candles")) {
      Matcher name = heading.named(NAME);
      if (name != null) {
        String settled = name.group(3) == null ? "" : ":" + name.group(3);
        layout.constant("symbol", name.group(1) + "/" + name.group(2) + settled);
        layout.constant("timeframe", name.group(4));
      }
      layout.constant("symbol", given.symbol()).constant("timeframe", given.timeframe());
    }
    return layout;
  }

  private static @Nullable Layout table(Heading heading, Conversion time) {
    boolean array = heading.named() && heading.at("0") == 0 && heading.width() == CANDLE;
    boolean bare = heading.isNumbers() && heading.width() == CANDLE;
    if ((array || bare) && heading.lines().get(0).get(0).matches(MILLIS)) {
      return candles(heading, 0, time).header(0, heading.columns());
    }
    int first = heading.at("timestamp", "date");
    boolean named = first == 0 && heading.has("open", "high", "low", "close", "volume");
    if (named && heading.width() == CANDLE) {
      return candles(heading, 1, time).header(heading.headerLines(), heading.columns());
    }
    return heading.has("timestamp", "price", "amount", "side")
        ? new Layout("ccxt", "trades")
            .column("ts", heading.at("timestamp"), time)
            .column("symbol", heading.at("symbol"), Conversion.TEXT)
            .column("price", heading.at("price"), Conversion.NUMBER)
            .column("size", heading.at("amount"), Conversion.NUMBER)
            .column("side", heading.at("side"), Conversion.SIDE)
            .column("id", heading.at("id"), Conversion.ID)
            .header(heading.headerLines(), heading.columns())
        : null;
  }

  /** A candle with a null is one that the exchange does not have. */
  private static Layout candles(Heading heading, int named, Conversion time) {
    int open = named == 0 ? 1 : heading.at("open");
    return new Layout("ccxt", "candles")
        .column("ts", 0, time)
        .column("open", open, Conversion.NUMBER)
        .column("high", named == 0 ? 2 : heading.at("high"), Conversion.NUMBER)
        .column("low", named == 0 ? 3 : heading.at("low"), Conversion.NUMBER)
        .column("close", named == 0 ? 4 : heading.at("close"), Conversion.NUMBER)
        .column("volume", named == 0 ? 5 : heading.at("volume"), Conversion.NUMBER)
        .width(CANDLE, CANDLE)
        .skipping(cells -> cells.count() == CANDLE && cells.isEmpty(open));
  }
}
