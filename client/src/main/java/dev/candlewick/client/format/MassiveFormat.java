package dev.candlewick.client.format;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Massive's (Polygon's) flat files: by name, because the close comes before the high. */
final class MassiveFormat implements Format {
  private static final Pattern FOLDER = Pattern.compile("(minute|day)_aggs");

  @Override
  public String name() {
    return "massive";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    if (!heading.has("ticker")) {
      return null;
    }
    Layout layout = table(heading, new Times("ns", options.zone()));
    if (layout == null) {
      return null;
    }
    FileOptions.Given given = options.given();
    layout
        .column("symbol", heading.at("ticker"), Conversion.TEXT)
        .constant("venue", given.venue() == null ? "massive" : given.venue())
        .constant("symbol", given.symbol())
        .width(heading.width(), heading.width())
        .header(heading.headerLines(), heading.columns());
    if (layout.type.equals("candles")) {
      layout.constant("timeframe", timeframe(heading)).constant("timeframe", given.timeframe());
    }
    return layout;
  }

  /** From the folder, or the name, that the file has there. */
  private static @Nullable String timeframe(Heading heading) {
    Matcher told =
        FOLDER.matcher(heading.path().toAbsolutePath().toString().toLowerCase(Locale.ROOT));
    String timeframe = null;
    while (told.find()) {
      timeframe = told.group(1).equals("day") ? "1d" : "1m";
    }
    return timeframe;
  }

  private static @Nullable Layout table(Heading heading, Times times) {
    Conversion time = Conversion.time(times);
    if (heading.has("window_start", "open", "close", "high", "low")) {
      return new Layout("massive", "candles")
          .column("ts", heading.at("window_start"), time)
          .column("open", heading.at("open"), Conversion.NUMBER)
          .column("high", heading.at("high"), Conversion.NUMBER)
          .column("low", heading.at("low"), Conversion.NUMBER)
          .column("close", heading.at("close"), Conversion.NUMBER)
          .column("volume", heading.at("volume"), Conversion.NUMBER)
          .column("trades", heading.at("transactions"), Conversion.NUMBER);
    }
    int stamp = heading.at("sip_timestamp", "participant_timestamp");
    if (stamp >= 0 && heading.has("bid_price", "ask_price")) {
      return new Layout("massive", "quotes")
          .column("ts", stamp, time)
          .column("bid", heading.at("bid_price"), Conversion.NUMBER)
          .column("bid_size", heading.at("bid_size"), Conversion.NUMBER)
          .column("ask", heading.at("ask_price"), Conversion.NUMBER)
          .column("ask_size", heading.at("ask_size"), Conversion.NUMBER);
    }
    return stamp >= 0 && heading.has("price", "size")
        ? new Layout("massive", "trades")
            .column("ts", stamp, time)
            .column("price", heading.at("price"), Conversion.NUMBER)
            .column("size", heading.at("size"), Conversion.NUMBER)
            .column("id", heading.at("id"), id(heading.at("exchange")))
        : null;
  }

  /** Each exchange numbers its own trades. */
  private static Conversion id(int exchange) {
    return exchange < 0
        ? Conversion.ID
        : (cells, cell, json) -> {
          Conversion.appendQuoted(json, cells.get(exchange) + "-" + cells.get(cell));
          return true;
        };
  }
}
