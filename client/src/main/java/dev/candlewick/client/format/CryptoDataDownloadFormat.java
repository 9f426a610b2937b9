package dev.candlewick.client.format;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** CryptoDataDownload: newest first, below a line with its address; units vary. */
final class CryptoDataDownloadFormat implements Format {
  /** Binance_BTCUSDT_1h.csv, Gemini_BTCUSD_2021_1min.csv, Bitstamp_ETHUSD_d.csv. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)^([A-Za-z]+)_([A-Z0-9]+)_(?:[0-9]{4}_)?(minute|hour|daily|1min|1hr|[0-9]*[mhd])\\b");

  @Override
  public String name() {
    return "cryptodatadownload";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    boolean address =
        !heading.columns().isEmpty()
            && heading.columns().get(0).toLowerCase(Locale.ROOT).contains("cryptodatadownload");
    if (address && heading.lines().size() < 2) {
      return null;
    }
    Heading names =
        address
            ? new Heading(
                heading.name(), heading.path(), heading.lines().get(1), heading.lines(), false)
            : heading;
    int time = names.at("unix", "unix timestamp", "timestamp", "date");
    if (time < 0 || !names.has("date", "symbol", "open", "high", "low", "close")) {
      return null;
    }
    Layout layout =
        new Layout("cryptodatadownload", "candles")
            .column("ts", time, Conversion.time(new Times("digits", options.zone())))
            .column("symbol", names.at("symbol"), Conversion.TEXT)
            .column("open", names.at("open"), Conversion.NUMBER)
            .column("high", names.at("high"), Conversion.NUMBER)
            .column("low", names.at("low"), Conversion.NUMBER)
            .column("close", names.at("close"), Conversion.NUMBER)
            .column("trades", names.at("tradecount", "trade count"), Conversion.NUMBER)
            .width(names.width(), names.width())
            .header(names.headerLines() + (address ? 1 : 0), names.columns())
            .skipping(cells -> cells.count() == 1 && cells.get(0).startsWith("http"));
    volumes(layout, names, symbol(heading, address));
    Matcher name = heading.named(NAME);
    FileOptions.Given given = options.given();
    if (name != null) {
      layout.constant("venue", name.group(1).toLowerCase(Locale.ROOT));
      layout.constant("timeframe", timeframe(name.group(3).toLowerCase(Locale.ROOT)));
    }
    layout.constant("venue", given.venue()).constant("symbol", given.symbol());
    return layout.constant("timeframe", given.timeframe());
  }

  private static String symbol(Heading heading, boolean address) {
    int row = address ? 2 : 1;
    if (heading.lines().size() <= row) {
      return "";
    }
    List<String> header = heading.lines().get(row - 1);
    for (int i = 0; i < header.size(); i++) {
      if (header.get(i).strip().equalsIgnoreCase("symbol")) {
        return i < heading.lines().get(row).size() ? heading.lines().get(row).get(i) : "";
      }
    }
    return "";
  }

  /** "Volume BTC" and "Volume USDT", in either order: the symbol tells which is which. */
  private static void volumes(Layout layout, Heading names, String symbol) {
    int plain = names.at("volume");
    for (int i = 0; i < names.width(); i++) {
      String column = names.columns().get(i).strip();
      if (column.toLowerCase(Locale.ROOT).startsWith("volume ")) {
        String asset = column.substring("volume ".length()).strip();
        boolean base = symbol.startsWith(asset) && plain < 0;
        if (base || symbol.endsWith(asset)) {
          layout.column(base ? "volume" : "quote_volume", i, Conversion.NUMBER);
        }
      }
    }
    layout.column("volume", plain, Conversion.NUMBER);
  }

  private static String timeframe(String word) {
    return switch (word) {
      case "minute", "1min" -> "1m";
      case "hour", "1hr" -> "1h";
      case "daily", "d" -> "1d";
      default -> Character.isDigit(word.charAt(0)) ? word : "1" + word;
    };
  }
}
