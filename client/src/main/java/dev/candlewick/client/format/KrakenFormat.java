package dev.candlewick.client.format;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Kraken's downloads: candles (OHLCVT) and trades, without a header, seconds. */
final class KrakenFormat implements Format {
  /** XBTUSD_60.csv, XBTUSD.csv. */
  private static final Pattern NAME = Pattern.compile("^([A-Z0-9.]+?)(?:_([0-9]+))?\\.csv");

  private static final Map<String, String> MINUTES =
      Map.of("60", "1h", "240", "4h", "720", "12h", "1440", "1d", "10080", "1w");

  private static final int SECONDS_DIGITS = 11;

  @Override
  public String name() {
    return "kraken";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    Matcher name = heading.named(NAME);
    boolean told = options.format().equals(name());
    if (!heading.isNumbers() || (name == null && !told) || !isSeconds(heading)) {
      return null;
    }
    Layout layout = table(heading.width(), new Times("s", options.zone()));
    boolean fits = layout != null && (told || (name != null && hasTimeframe(name, layout)));
    if (layout == null || !fits) {
      return null;
    }
    FileOptions.Given given = options.given();
    layout
        .width(heading.width(), heading.width())
        .constant("venue", given.venue() == null ? "kraken" : given.venue())
        .constant("symbol", name == null ? null : name.group(1))
        .constant("symbol", given.symbol());
    if (layout.type.equals("candles")) {
      String minutes = name == null ? null : name.group(2);
      layout
          .constant(
              "timeframe", minutes == null ? null : MINUTES.getOrDefault(minutes, minutes + "m"))
          .constant("timeframe", given.timeframe());
    }
    return layout;
  }

  private static boolean isSeconds(Heading heading) {
    String time = heading.columns().get(0);
    int point = time.indexOf('.');
    return (point < 0 ? time.length() : point) <= SECONDS_DIGITS;
  }

  private static boolean hasTimeframe(Matcher name, Layout layout) {
    return layout.type.equals("candles") == (name.group(2) != null);
  }

  private static @Nullable Layout table(int width, Times times) {
    if (width == 3) {
      return new Layout("kraken", "trades")
          .column("ts", 0, Conversion.time(times))
          .column("price", 1, Conversion.NUMBER)
          .column("size", 2, Conversion.NUMBER);
    }
    // With the volume-weighted price, as in the REST API and older downloads, or without.
    boolean weighted = width == 8;
    return width != 7 && !weighted
        ? null
        : new Layout("kraken", "candles")
            .column("ts", 0, Conversion.time(times))
            .column("open", 1, Conversion.NUMBER)
            .column("high", 2, Conversion.NUMBER)
            .column("low", 3, Conversion.NUMBER)
            .column("close", 4, Conversion.NUMBER)
            .column("volume", weighted ? 6 : 5, Conversion.NUMBER)
            .column("trades", weighted ? 7 : 6, Conversion.NUMBER);
  }
}
