package dev.candlewick.client.format;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Massive's (Polygon's) flat files: by name, because the close comes before the high. */
final class MassiveFormat implements Format {
  private static final Pattern FOLDER = Pattern.compile("(minute|day)_aggs");
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  private static final long DAY_MICROS = 86_400_000_000L;

  /** The volume of an index. */
  private static final Conversion NONE =
      (cells, cell, json) -> {
        json.append('0');
        return true;
      };

  @Override
  public String name() {
    return "massive";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) {
    if (!heading.has("ticker")) {
      return null;
    }
    FileOptions.Given given = options.given();
    String timeframe = given.timeframe() == null ? timeframe(heading) : given.timeframe();
    Times times = new Times("ns", options.zone());
    Layout layout = table(heading, "1d".equals(timeframe) ? day(times) : Conversion.time(times));
    if (layout == null) {
      return null;
    }
    layout
        .column("symbol", heading.at("ticker"), Conversion.TEXT)
        .constant("venue", given.venue() == null ? "massive" : given.venue())
        .constant("symbol", given.symbol())
        .width(heading.width(), heading.width())
        .header(heading.headerLines(), heading.columns());
    if (layout.type.equals("candles")) {
      layout.constant("timeframe", timeframe);
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

  /** Days of shares begin at midnight in New York; a day is told by its date, as elsewhere. */
  private static Conversion day(Times times) {
    return (cells, cell, json) -> {
      long micros = times.micros(cells, cell);
      boolean isMidnight = Math.floorMod(micros, DAY_MICROS) == 0;
      json.append(
          isMidnight
              ? micros
              : Instant.EPOCH
                      .plus(micros, ChronoUnit.MICROS)
                      .atZone(NEW_YORK)
                      .toLocalDate()
                      .toEpochDay()
                  * DAY_MICROS);
      return true;
    };
  }

  /** A side of the book that is empty has the price 0. */
  private static boolean price(Cells cells, int cell, StringBuilder json) throws FormatException {
    return !cells.is(cell, "0") && Conversion.NUMBER.write(cells, cell, json);
  }

  private static @Nullable Layout table(Heading heading, Conversion time) {
    if (heading.has("window_start", "open", "close", "high", "low")) {
      int volume = heading.at("volume");
      return new Layout("massive", "candles")
          .column("ts", heading.at("window_start"), time)
          .column("open", heading.at("open"), Conversion.NUMBER)
          .column("high", heading.at("high"), Conversion.NUMBER)
          .column("low", heading.at("low"), Conversion.NUMBER)
          .column("close", heading.at("close"), Conversion.NUMBER)
          .column("volume", volume < 0 ? 0 : volume, volume < 0 ? NONE : Conversion.NUMBER)
          .column("trades", heading.at("transactions"), Conversion.NUMBER);
    }
    int stamp = heading.at("sip_timestamp", "participant_timestamp");
    if (stamp >= 0 && heading.has("bid_price", "ask_price")) {
      return new Layout("massive", "quotes")
          .column("ts", stamp, time)
          .column("bid", heading.at("bid_price"), MassiveFormat::price)
          .column("bid_size", heading.at("bid_size"), Conversion.NUMBER)
          .column("ask", heading.at("ask_price"), MassiveFormat::price)
          .column("ask_size", heading.at("ask_size"), Conversion.NUMBER)
          .oneOf("bid", "ask");
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
