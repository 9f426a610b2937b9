package dev.candlewick.server.binance;

import dev.candlewick.net.Problem;
import dev.candlewick.server.web.Params;
import dev.candlewick.server.web.Range;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of one request, each given at most once, none unknown. */
final class BinanceParams {
  private static final String INTEGER = "^[0-9]{1,20}$";
  private static final String SYMBOL = "1 to 64 letters, digits and . _ : / = + - ^ & ! @ # $ % ~";
  private static final Pattern WHOLE = Pattern.compile(INTEGER);
  private static final Pattern ZONE = Pattern.compile("([+-]?)([0-9]{1,2})(?::([0-9]{2}))?");
  private static final Pattern LIST =
      Pattern.compile("\\[\\s*\"[^\"\\\\]*\"(\\s*,\\s*\"[^\"\\\\]*\")*\\s*]");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
  private static final int WESTERNMOST = -12 * 60;
  private static final int EASTERNMOST = 14 * 60;
  private static final int DEFAULT_LIMIT = 500;
  private static final int MAX_LIMIT = 1_000;

  /** Times from here on are microseconds: in milliseconds this is the year 5138. */
  private static final long LEAST_MICROS = 100_000_000_000_000L;

  private static final long PER_MILLI = 1_000;

  private final Map<String, String> values;

  private BinanceParams(Map<String, String> values) {
    this.values = values;
  }

  static BinanceParams of(RoutingContext ctx, Set<String> known) {
    Map<String, String> values = new HashMap<>();
    try {
      for (Map.Entry<String, String> sent : ctx.queryParams()) {
        if (values.put(sent.getKey(), sent.getValue()) != null) {
          throw BinanceException.duplicate(sent.getKey());
        }
      }
    } catch (HttpException notEncoded) {
      throw BinanceException.illegalCharacters("query", "percent-encoded");
    }
    long read = values.keySet().stream().filter(known::contains).count();
    if (read < values.size()) {
      throw BinanceException.notRead((int) read, values.size());
    }
    return new BinanceParams(values);
  }

  /**
   * How many microseconds one unit of an answer's times is, by the value of a parameter or header.
   */
  static long micros(String name, @Nullable String unit) {
    return switch (unit == null ? "MILLISECOND" : unit.toUpperCase(Locale.ROOT)) {
      case "MILLISECOND" -> PER_MILLI;
      case "MICROSECOND" -> 1;
      default -> throw BinanceException.notValid(name);
    };
  }

  @Nullable String text(String name) {
    return values.get(name);
  }

  String required(String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw BinanceException.missing(name);
    }
    return value;
  }

  /** {@code symbol}, which is required. */
  String symbol() {
    return symbol(required("symbol"));
  }

  /** The symbols named by {@code symbol} or the JSON array {@code symbols}; empty for all. */
  List<String> symbols() {
    String list = values.get("symbols");
    if (list == null) {
      return values.containsKey("symbol") ? List.of(symbol()) : List.of();
    }
    if (!LIST.matcher(list).matches()) {
      throw BinanceException.notValid("symbols");
    }
    if (values.containsKey("symbol")) {
      throw BinanceException.badCombination();
    }
    return texts("symbols").stream().map(BinanceParams::symbol).toList();
  }

  private static String symbol(String text) {
    try {
      return Params.symbol(text);
    } catch (Problem refused) {
      throw BinanceException.illegalCharacters("symbol", SYMBOL);
    }
  }

  /** {@code limit}; anything above the maximum counts as the maximum. */
  int limit() {
    return limit(DEFAULT_LIMIT, MAX_LIMIT);
  }

  /** The same with other limits. */
  int limit(int byDefault, int max) {
    long limit = whole("limit", byDefault);
    if (limit == 0) {
      throw BinanceException.notValid("limit");
    }
    return (int) Math.min(limit, max);
  }

  /**
   * {@code startTime} and {@code endTime}, both inclusive, in milliseconds or microseconds; null if
   * there is nothing between them.
   */
  @Nullable Range range() {
    long start = whole("startTime", -1);
    long end = whole("endTime", -1);
    long from = start < LEAST_MICROS ? start * PER_MILLI : start;
    long to = end < LEAST_MICROS ? (end + 1) * PER_MILLI : end + 1;
    if (start >= 0 && (from >= Range.END || (end >= 0 && from >= to))) {
      return null;
    }
    return new Range(start < 0 ? null : from, end < 0 ? null : Math.min(to, Range.END));
  }

  /** A whole number of at least 0; null if absent. */
  @Nullable Long whole(String name) {
    return values.containsKey(name) ? (Long) whole(name, 0) : null;
  }

  /** One of these words, null if absent. */
  @Nullable String word(String name, Set<String> words) {
    String value = values.get(name);
    if (value != null && !words.contains(value)) {
      throw BinanceException.notValid(name);
    }
    return value;
  }

  /** One text, or the texts of a JSON array; empty if absent. */
  List<String> texts(String name) {
    String value = values.get(name);
    if (value == null) {
      return List.of();
    }
    if (!LIST.matcher(value).matches()) {
      return List.of(value);
    }
    List<String> texts = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(value);
    while (quoted.find()) {
      texts.add(quoted.group(1));
    }
    return texts;
  }

  private long whole(String name, long byDefault) {
    String value = values.get(name);
    if (value == null) {
      return byDefault;
    }
    if (!WHOLE.matcher(value).matches()) {
      throw BinanceException.illegalCharacters(name, INTEGER);
    }
    try {
      return Math.min(Long.parseLong(value), Long.MAX_VALUE - 1);
    } catch (NumberFormatException tooLong) {
      return Long.MAX_VALUE - 1;
    }
  }

  /** {@code timeZone}: {@code 8}, {@code -1:00} or {@code 05:45}, from -12:00 to +14:00. */
  ZoneOffset zone() {
    String value = values.getOrDefault("timeZone", "0");
    // A plus sign that was not percent-encoded arrived as a space.
    return zone(value.startsWith(" ") ? value.substring(1) : value);
  }

  /** The offset in this text. */
  static ZoneOffset zone(String text) {
    Matcher form = ZONE.matcher(text);
    if (!form.matches()) {
      throw BinanceException.notValid("timeZone");
    }
    int minutes = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
    int all = Integer.parseInt(form.group(2)) * 60 + minutes;
    int signed = form.group(1).equals("-") ? -all : all;
    if (minutes > 59 || signed < WESTERNMOST || signed > EASTERNMOST) {
      throw BinanceException.notValid("timeZone");
    }
    return ZoneOffset.ofTotalSeconds(signed * 60);
  }
}
