package dev.candlewick.client.format;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Yahoo Finance, as its page offered it and as yfinance writes it. Prices are not the adjusted
 * ones.
 */
final class YahooFormat implements Format {
  private static final Pattern NAME = Pattern.compile("^([A-Za-z0-9^.=-]+?)(?:[_-][0-9].*)?\\.csv");
  private static final int DATE_LENGTH = 10;

  @Override
  public String name() {
    return "yahoo";
  }

  @Override
  public @Nullable Layout layout(Heading heading, FileOptions options) throws FormatException {
    int time = heading.at("date", "datetime", "price");
    if (time != 0 || !heading.has("open", "high", "low", "close", "volume")) {
      return null;
    }
    // In lower case these are the columns of freqtrade and many others.
    if (heading.columns().contains("open") && !options.format().equals(name())) {
      return null;
    }
    // yfinance's download: "Price,Close,...", then "Ticker,AAPL,...", then "Date,,,".
    boolean three = heading.at("price") == 0;
    List<List<String>> lines = heading.lines();
    boolean isTickers = lines.size() >= 3 && lines.get(1).get(0).equals("Ticker");
    if (three && !isTickers) {
      return null;
    }
    if (three && lines.get(1).stream().skip(1).distinct().count() > 1) {
      throw new FormatException("yahoo: several tickers side by side; one a file is required");
    }
    boolean daily =
        three
            ? lines.get(2).get(0).equals("Date")
            : heading.at("date") == 0 && lines.stream().skip(1).allMatch(YahooFormat::isDay);
    Times times = new Times("s", options.zone());
    Layout layout =
        new Layout("yahoo", "candles")
            .column("ts", 0, daily ? day(times) : Conversion.time(times))
            .column("open", heading.at("open"), Conversion.NUMBER)
            .column("high", heading.at("high"), Conversion.NUMBER)
            .column("low", heading.at("low"), Conversion.NUMBER)
            .column("close", heading.at("close"), Conversion.NUMBER)
            .column("volume", heading.at("volume"), Conversion.NUMBER)
            .width(heading.width(), heading.width())
            .header(three ? 3 : heading.headerLines(), heading.columns())
            .skipping(cells -> isNull(cells, heading.at("open")));
    FileOptions.Given given = options.given();
    Matcher name = heading.named(NAME);
    layout
        .constant("venue", given.venue() == null ? "yahoo" : given.venue())
        .constant("symbol", three ? lines.get(1).get(1) : name == null ? null : name.group(1))
        .constant("symbol", given.symbol())
        .constant("timeframe", daily ? "1d" : null);
    return layout.constant("timeframe", given.timeframe());
  }

  /** Whether the line's time is a date, or midnight of its own zone. */
  private static boolean isDay(List<String> line) {
    String time = line.get(0);
    return time.length() <= DATE_LENGTH || time.startsWith("00:00:00", DATE_LENGTH + 1);
  }

  /** A day without trading. */
  private static boolean isNull(Cells cells, int open) {
    return cells.count() > open
        && (cells.isEmpty(open) || cells.is(open, "null") || cells.is(open, "nan"));
  }

  /** Only the date, which is the exchange's, whatever time and offset follow it. */
  private static Conversion day(Times times) {
    return (cells, cell, json) -> {
      String text = cells.get(cell);
      Cells date = new Cells();
      date.add(text.substring(0, Math.min(DATE_LENGTH, text.length())));
      json.append(times.micros(date, 0));
      return true;
    };
  }
}
