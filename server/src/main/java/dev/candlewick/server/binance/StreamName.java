package dev.candlewick.server.binance;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a stream: {@code btcusdt@trade}, {@code btcusdt@aggTrade}, {@code btcusdt@kline_1m},
 * {@code btcusdt@kline_1h@+08:00}, {@code btcusdt@depth20@100ms}.
 *
 * @param text as the client wrote it
 * @param symbol as the client wrote it, usually in lower case
 * @param interval of klines, null for others
 * @param levels of a book, 0 for others
 * @param millis the minimum time between two books
 */
record StreamName(
    String text,
    String symbol,
    String event,
    @Nullable Interval interval,
    int levels,
    long millis) {
  static final String TRADE = "trade";
  static final String AGGREGATE = "aggTrade";
  static final String KLINE = "kline";
  static final String DEPTH = "depth";

  private static final int INVALID_REQUEST = 2;
  private static final Pattern FORM =
      Pattern.compile(
          "(.{1,128})@(?:(trade|aggTrade)|kline_([^@]+?)(?:@([+-][0-9:]+))?"
              + "|depth(5|10|20)(?:@(100|1000)ms)?)");

  /** A name among others, separated by slashes: a symbol may itself contain a slash. */
  private static final Pattern ONE_OF_MANY =
      Pattern.compile(
          "(.+?@(?:trade|aggTrade|depth[0-9]+(?:@[0-9]+ms)?|kline_[^@/]+(?:@[+-][0-9:]+)?)|[^/]+)(?:/|$)");

  static StreamName parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw refused("unknown stream, it must be like btcusdt@trade or btcusdt@kline_1m");
    }
    if (form.group(2) != null) {
      return new StreamName(text, form.group(1), form.group(2), null, 0, 0);
    }
    if (form.group(5) != null) {
      long millis = form.group(6) == null ? 1_000 : Long.parseLong(form.group(6));
      int levels = Integer.parseInt(form.group(5));
      return new StreamName(text, form.group(1), DEPTH, null, levels, millis);
    }
    Interval interval = interval(form.group(3), form.group(4));
    return new StreamName(text, form.group(1), KLINE, interval, 0, 0);
  }

  /** The names in a text of one or more, separated by slashes. */
  static List<String> split(String text) {
    List<String> names = new ArrayList<>();
    Matcher name = ONE_OF_MANY.matcher(text);
    while (name.find()) {
      names.add(name.group(1));
    }
    return names;
  }

  private static Interval interval(String word, @Nullable String zone) {
    Interval interval;
    try {
      interval = Interval.of(word, zone == null ? ZoneOffset.UTC : BinanceParams.zone(zone));
    } catch (BinanceException unknown) {
      throw refused(String.valueOf(unknown.getMessage()));
    }
    if (!interval.isUtc()) {
      throw refused("klines of this interval are streamed in UTC only");
    }
    return interval;
  }

  static BinanceException refused(String reason) {
    return new BinanceException(INVALID_REQUEST, "Invalid request: " + reason);
  }
}
