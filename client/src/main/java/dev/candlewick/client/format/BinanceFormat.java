package dev.candlewick.client.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Binance's public archive: klines, trades, aggregate trades and book tickers, spot and futures.
 */
final class BinanceFormat implements Format {
  /** BTCUSDT-1m-2024-01.csv, BTCUSD_PERP-trades-2024-01-02.csv, 币安人生USDT-1m-2025-11.csv. */
  private static final Pattern NAME =
      Pattern.compile(
          "^([\\p{Lu}\\p{Lo}\\p{N}_]+)-([0-9]+(?:s|mo|m|h|d|w)|trades|aggTrades|bookTicker)-[0-9]{4}");

  private static final Pattern COIN_MARGINED = Pattern.compile("USD_(PERP|[0-9]{6})$");
  private static final String KLINES_HEADER = "open_time";

  @Override
  public String name() {
    return "binance";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    Layout layout = table(heading, new Times("digits", options.zone()));
    if (layout == null) {
      return null;
    }
    Matcher name = heading.named(NAME);
    FileOptions.Given given = options.given();
    layout.constant("venue", given.venue() == null ? "binance" : given.venue());
    layout.constant("symbol", name == null ? null : name.group(1));
    layout.constant("symbol", given.symbol());
    if (layout.type.equals("candles")) {
      boolean told = name != null && Character.isDigit(name.group(2).charAt(0));
      layout.constant("timeframe", told && name != null ? name.group(2).replace("mo", "M") : null);
      layout.constant("timeframe", given.timeframe());
    }
    return layout;
  }

  /**
   * There is no header, or one whose names differ between spot and futures: the order never does.
   */
  private static @Nullable Layout table(Heading heading, Times times) {
    boolean header = heading.at(KLINES_HEADER, "id", "trade_id", "agg_trade_id", "update_id") == 0;
    int width = heading.width();
    if (width == 12 && (heading.isNumbers() || heading.at(KLINES_HEADER) == 0)) {
      return framed(klines(heading, times), heading, header, 12);
    }
    boolean trades =
        header ? heading.has("price") && heading.at("id", "trade_id") == 0 : heading.isTruth(5);
    if ((width == 6 || width == 7) && trades) {
      return framed(trades("trades", 4, 5, times), heading, header, 6);
    }
    boolean aggregates = header ? heading.at("agg_trade_id") == 0 : heading.isTruth(6);
    if ((width == 7 || width == 8) && aggregates) {
      return framed(trades("trades", 5, 6, times), heading, header, 7);
    }
    return heading.has("best_bid_price", "best_ask_price") ? bookTicker(heading, times) : null;
  }

  private static Layout framed(Layout layout, Heading heading, boolean header, int least) {
    return layout
        .width(least, heading.width())
        .header(header ? heading.headerLines() : 0, heading.columns())
        .skipping(cells -> cells.count() > 1 && isName(cells));
  }

  /** A header in mid-file, from concatenated files. */
  private static boolean isName(Cells cells) {
    return cells.length(0) > 0
        && Character.isLetter(cells.at(0, 0))
        && cells.get(0).matches("[A-Za-z_]+");
  }

  private static Layout klines(Heading heading, Times times) {
    Matcher name = heading.named(NAME);
    // There the volume counts contracts, and another column has the base asset.
    boolean coin = name != null && COIN_MARGINED.matcher(name.group(1)).find();
    return new Layout("binance", "candles")
        .column("ts", 0, Conversion.time(times))
        .column("open", 1, Conversion.NUMBER)
        .column("high", 2, Conversion.NUMBER)
        .column("low", 3, Conversion.NUMBER)
        .column("close", 4, Conversion.NUMBER)
        .column("volume", 5, Conversion.NUMBER)
        .column("quote_volume", coin ? -1 : 7, Conversion.NUMBER)
        .column("trades", 8, Conversion.NUMBER)
        .column("taker_buy_volume", 9, Conversion.NUMBER);
  }

  private static Layout trades(String type, int time, int maker, Times times) {
    return new Layout("binance", type)
        .column("ts", time, Conversion.time(times))
        .column("price", 1, Conversion.NUMBER)
        .column("size", 2, Conversion.NUMBER)
        .column("side", maker, Conversion.BUYER_IS_MAKER)
        .column("id", 0, Conversion.ID);
  }

  private static Layout bookTicker(Heading heading, Times times) {
    return new Layout("binance", "quotes")
        .column("ts", heading.at("transaction_time", "event_time"), Conversion.time(times))
        .column("bid", heading.at("best_bid_price"), Conversion.NUMBER)
        .column("bid_size", heading.at("best_bid_qty"), Conversion.NUMBER)
        .column("ask", heading.at("best_ask_price"), Conversion.NUMBER)
        .column("ask_size", heading.at("best_ask_qty"), Conversion.NUMBER)
        .width(heading.width(), heading.width())
        .header(heading.headerLines(), heading.columns());
  }
}
