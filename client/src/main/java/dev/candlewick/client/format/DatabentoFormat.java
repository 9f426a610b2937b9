package dev.candlewick.client.format;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Databento: candles, trades and best quotes, as CSV and as DBN. */
final class DatabentoFormat implements Format {
  /** glbx-mdp3-20240101-20240131.ohlcv-1m.csv. */
  private static final Pattern NAME = Pattern.compile("^([a-z0-9]+)-([a-z0-9]+)-[0-9]{8}");

  private static final Map<String, String> TIMEFRAMES =
      Map.of("32", "1s", "33", "1m", "34", "1h", "35", "1d");

  @Override
  public String name() {
    return "databento";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    if (!heading.has("ts_event")) {
      return null;
    }
    Times times = new Times("ns", options.zone());
    Layout layout = table(heading, options.kind().type(), times);
    if (layout == null) {
      return null;
    }
    layout
        .column("symbol", heading.at("symbol"), Conversion.TEXT)
        .width(heading.width(), heading.width())
        .header(heading.headerLines(), heading.columns());
    FileOptions.Given given = options.given();
    Matcher name = heading.named(NAME);
    layout.column("venue", heading.at("dataset"), Conversion.TEXT);
    if (name != null && heading.at("dataset") < 0) {
      layout.constant("venue", (name.group(1) + "." + name.group(2)).toUpperCase(Locale.ROOT));
    }
    layout.constant("venue", given.venue()).constant("symbol", given.symbol());
    if (layout.type.equals("candles")) {
      layout.column("timeframe", heading.at("rtype"), DatabentoFormat::timeframe);
      layout.constant("timeframe", given.timeframe());
    }
    return layout;
  }

  /** For trades with quotes (tbbo, mbp-1), whichever was requested. */
  private static @Nullable Layout table(Heading heading, String type, Times times) {
    if (heading.has("open", "high", "low", "close")) {
      return new Layout("databento", "candles")
          .column("ts", heading.at("ts_event"), Conversion.time(times))
          .column("open", heading.at("open"), Conversion.NANOS_OF_PRICE)
          .column("high", heading.at("high"), Conversion.NANOS_OF_PRICE)
          .column("low", heading.at("low"), Conversion.NANOS_OF_PRICE)
          .column("close", heading.at("close"), Conversion.NANOS_OF_PRICE)
          .column("volume", heading.at("volume"), Conversion.NUMBER);
    }
    // Sampled quotes (bbo) have no action; their ts_event is the time of the last trade.
    boolean isSampled = heading.at("action") < 0;
    if (heading.has("bid_px_00", "ask_px_00") && (isSampled || !type.equals("trades"))) {
      int time = heading.at(isSampled ? "ts_recv" : "ts_event", "ts_event");
      return new Layout("databento", "quotes")
          .column("ts", time, Conversion.time(times))
          .column("bid", heading.at("bid_px_00"), Conversion.NANOS_OF_PRICE)
          .column("bid_size", heading.at("bid_sz_00"), Conversion.NUMBER)
          .column("ask", heading.at("ask_px_00"), Conversion.NANOS_OF_PRICE)
          .column("ask_size", heading.at("ask_sz_00"), Conversion.NUMBER)
          // Before the first order of a session, and when a book is cleared.
          .oneOf("bid", "ask");
    }
    int action = heading.at("action");
    return heading.has("price", "size")
        ? new Layout("databento", "trades")
            .column("ts", heading.at("ts_event"), Conversion.time(times))
            .column("price", heading.at("price"), Conversion.NANOS_OF_PRICE)
            .column("size", heading.at("size"), Conversion.NUMBER)
            .column("side", heading.at("side"), Conversion.SIDE)
            .column(
                "id",
                heading.at("sequence"),
                new OccurrenceId(heading.at("ts_event"), heading.at("instrument_id")))
            .skipping(cells -> action >= 0 && !cells.isEmpty(action) && !cells.is(action, "T"))
        : null;
  }

  private static boolean timeframe(Cells cells, int cell, StringBuilder json)
      throws FormatException {
    String timeframe = TIMEFRAMES.get(cells.get(cell));
    if (timeframe == null) {
      throw new FormatException("rtype " + cells.get(cell) + " is not a candle");
    }
    json.append('"').append(timeframe).append('"');
    return true;
  }
}
