package dev.candlewick.client.format;

import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dukascopy: exports of JForex and its web page, and of dukascopy-node. */
final class DukascopyFormat implements Format {
  /**
   * EURUSD_Candlestick_1_M_BID_01.01.2024-31.01.2024.csv, EURUSD_Ticks_01.01.2024-....csv; EURUSD_1
   * Hour_Bid_2024.01.01_2024.01.02.csv.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)^([A-Z0-9.]+)_(?:(?:Candlestick_)?([0-9]+)[_ ]?([A-Z]+)_(?:BID|ASK)|Ticks)_");

  /** eurusd-m1-bid-2024-01-01-2024-01-31.csv. */
  private static final Pattern NODE_NAME =
      Pattern.compile("^([a-z0-9.]+)-(s1|m1|m5|m15|m30|h1|h4|d1|mn1|tick)(?:-bid|-ask)?-[0-9]{4}-");

  private static final String[] TIMES = {
    "gmt time", "local time", "time", "time (utc)", "time (eet)", "etc/utc", "timestamp"
  };

  @Override
  public String name() {
    return "dukascopy";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    Matcher name = heading.named(NAME);
    Matcher node = heading.named(NODE_NAME);
    int time = heading.at(TIMES);
    boolean ours = heading.at("gmt time", "etc/utc", "time (eet)", "time (utc)", "local time") >= 0;
    boolean told = name != null || node != null || options.format().equals(name());
    if (time < 0 || (!ours && !told)) {
      return null;
    }
    ZoneId zone = heading.at("time (eet)") >= 0 ? ZoneId.of("EET") : options.zone();
    Layout layout = table(heading, time, new Times("ms", zone));
    if (layout == null) {
      return null;
    }
    FileOptions.Given given = options.given();
    layout
        .width(heading.width(), heading.width())
        .header(heading.headerLines(), heading.columns())
        .constant("venue", given.venue() == null ? "dukascopy" : given.venue());
    if (name != null) {
      layout.constant("symbol", name.group(1).toUpperCase(Locale.ROOT));
    } else if (node != null) {
      layout.constant("symbol", node.group(1).toUpperCase(Locale.ROOT));
    }
    layout.constant("symbol", given.symbol());
    if (layout.type.equals("candles")) {
      layout.constant("timeframe", timeframe(name, node)).constant("timeframe", given.timeframe());
    }
    return layout;
  }

  private static @Nullable String timeframe(@Nullable Matcher name, @Nullable Matcher node) {
    if (name != null && name.group(2) != null) {
      String unit = name.group(3).toLowerCase(Locale.ROOT);
      return name.group(2) + (unit.startsWith("mo") ? "M" : unit.substring(0, 1));
    }
    if (node == null || node.group(2).equals("tick")) {
      return null;
    }
    String word = node.group(2);
    return word.equals("mn1") ? "1M" : word.substring(1) + word.charAt(0);
  }

  private static @Nullable Layout table(Heading heading, int time, Times times) {
    if (heading.has("open", "high", "low", "close")) {
      return new Layout("dukascopy", "candles")
          .column("ts", time, Conversion.time(times))
          .column("open", heading.at("open"), Conversion.NUMBER)
          .column("high", heading.at("high"), Conversion.NUMBER)
          .column("low", heading.at("low"), Conversion.NUMBER)
          .column("close", heading.at("close"), Conversion.NUMBER)
          .column("volume", heading.at("volume"), Conversion.NUMBER);
    }
    int bid = heading.at("bid", "bidPrice");
    int ask = heading.at("ask", "askPrice");
    return bid < 0 || ask < 0
        ? null
        : new Layout("dukascopy", "quotes")
            .column("ts", time, Conversion.time(times))
            .column("bid", bid, Conversion.NUMBER)
            .column("bid_size", heading.at("bidVolume"), Conversion.NUMBER)
            .column("ask", ask, Conversion.NUMBER)
            .column("ask_size", heading.at("askVolume"), Conversion.NUMBER);
  }
}
