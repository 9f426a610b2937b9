package dev.candlewick.server.web;

import dev.candlewick.net.Problem;
import dev.candlewick.record.Symbol;
import dev.candlewick.record.Timeframe;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of a request. Every method here throws a 400 {@link Problem} with code
 * {@code bad_parameter} whose detail starts with the parameter's name; so does {@link #of} for a
 * parameter that is unknown, given twice or empty.
 */
public final class Params {
  /** Other systems' spellings: {@code 1Min}, {@code 1T}, {@code 1Hour}, {@code 1D}. */
  private static final Pattern SPELT_OUT =
      Pattern.compile("([0-9]+)(Min|T|Hour|H|Day|D|Week|W|Month)");

  private static final Pattern VENUE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
  private static final int MOST_REPEATED = 100;
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,40}");

  private final Map<String, String> values;
  private final Map<String, List<String>> lists;
  private final List<String> accepted;

  private Params(
      Map<String, String> values, Map<String, List<String>> lists, List<String> accepted) {
    this.values = values;
    this.lists = lists;
    this.accepted = accepted;
  }

  /** The parameters of this request, which may only be these. */
  public static Params of(RoutingContext ctx, Set<String> known) {
    return of(ctx, known, Set.of());
  }

  /** The same, with some others that may be given several times each. */
  public static Params of(RoutingContext ctx, Set<String> known, Set<String> repeated) {
    Map<String, String> values = new HashMap<>();
    Map<String, List<String>> lists = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : entries(ctx)) {
      String name = entry.getKey();
      if (known.contains(name)) {
        if (values.put(name, checked(name, entry.getValue())) != null) {
          throw Problem.badParameter(name, "is given more than once");
        }
      } else if (repeated.contains(name)) {
        List<String> list = lists.computeIfAbsent(name, first -> new ArrayList<>());
        list.add(checked(name, entry.getValue()));
        if (list.size() > MOST_REPEATED) {
          throw Problem.badParameter(name, "is given more than " + MOST_REPEATED + " times");
        }
      } else {
        throw Problem.badParameter(excerpt(name), "is not a parameter of this request");
      }
    }
    return new Params(values, lists, accepted(ctx));
  }

  private static Iterable<Map.Entry<String, String>> entries(RoutingContext ctx) {
    try {
      return ctx.queryParams();
    } catch (HttpException notEncoded) {
      throw new Problem(400, "bad_parameter", "the query string is not percent-encoded");
    }
  }

  private static String checked(String name, String value) {
    if (value.isEmpty()) {
      throw Problem.badParameter(name, "is empty; leave it out instead");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw Problem.badParameter(name, "contains a control character");
    }
    return value;
  }

  private static List<String> accepted(RoutingContext ctx) {
    if (!ctx.request().headers().contains(HttpHeaders.ACCEPT)) {
      return List.of();
    }
    List<String> types = new ArrayList<>();
    for (MIMEHeader type : ctx.parsedHeaders().accept()) {
      types.add(type.component() + "/" + type.subComponent());
    }
    return types;
  }

  /** At most 64 characters of what a client sent, with control characters replaced. */
  public static String excerpt(String name) {
    String cut = name.length() <= 64 ? name : name.substring(0, 64) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** The values of those that may be given several times, by name. */
  public Map<String, List<String>> lists() {
    return lists;
  }

  /** The parameter's text, or null if it is not given. */
  public @Nullable String text(String name) {
    return values.get(name);
  }

  /** The text of a required parameter. */
  public String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw Problem.badParameter(name, "is missing");
    }
    return value;
  }

  /** {@code venue}, which is required. */
  public String venue() {
    return venue(required("venue"));
  }

  /** {@code symbol}, which is required. */
  public String symbol() {
    return symbol(required("symbol"));
  }

  /** The same text if it is a valid venue. */
  public static String venue(String text) {
    if (!VENUE.matcher(text).matches()) {
      throw Problem.badParameter("venue", "must match " + VENUE);
    }
    return text;
  }

  /** The same text if it is a valid symbol. */
  public static String symbol(String text) {
    if (!Symbol.isValid(text)) {
      throw Problem.badParameter("symbol", Symbol.RULE);
    }
    return text;
  }

  /** A timeframe as the native routes accept it, also in other systems' spellings. */
  public static Timeframe timeframe(String text) {
    Matcher speltOut = SPELT_OUT.matcher(text);
    return Timeframe.parse(
            speltOut.matches() ? speltOut.group(1) + unitLetter(speltOut.group(2)) : text)
        .orElseThrow(
            () ->
                Problem.badParameter(
                    "timeframe",
                    "must be a number and one of s m h d w M, a multiple of a minute or a part of"
                        + " a day, ten years at most"));
  }

  private static String unitLetter(String word) {
    return switch (word) {
      case "Min", "T" -> "m";
      case "Month" -> "M";
      default -> word.substring(0, 1).toLowerCase(Locale.ROOT);
    };
  }

  /** One of these words; the default if the parameter is not given. */
  public String oneOf(String name, String byDefault, String... words) {
    String value = values.getOrDefault(name, byDefault);
    if (!Arrays.asList(words).contains(value)) {
      throw Problem.badParameter(name, "must be one of " + String.join(", ", words));
    }
    return value;
  }

  /** {@code unit}: the unit of integer timestamps and how timestamps are written, default ms. */
  public Times unit() {
    return unit(oneOf("unit", "ms", "s", "ms", "us", "ns", "iso"));
  }

  /** The unit with that name. */
  public static Times unit(String word) {
    return switch (word) {
      case "s" -> Times.S;
      case "ms" -> Times.MS;
      case "us" -> Times.US;
      case "ns" -> Times.NS;
      case "iso" -> Times.ISO;
      default -> throw Problem.badParameter("unit", "must be one of s, ms, us, ns, iso");
    };
  }

  /** {@code order}: whether it is {@code desc}. */
  public boolean descending() {
    return oneOf("order", "asc", "asc", "desc").equals("desc");
  }

  /** {@code limit}, from 1 to {@code max}. */
  public int limit(int byDefault, int max) {
    return (int) integer("limit", byDefault, 1, max);
  }

  /** An integer from {@code min} to {@code max}. */
  public long integer(String name, long byDefault, long min, long max) {
    String value = values.get(name);
    if (value == null) {
      return byDefault;
    }
    long number = INTEGER.matcher(value).matches() ? whole(value) : min - 1;
    if (number < min || number > max) {
      throw Problem.badParameter(name, "must be an integer from " + min + " to " + max);
    }
    return number;
  }

  /** {@code format}, else what {@code Accept} asks for, else JSON. */
  public Format format(Format... offered) {
    String value = values.get("format");
    if (value != null) {
      String[] words = Arrays.stream(offered).map(Format::word).toArray(String[]::new);
      String word = oneOf("format", value, words);
      Format format = offered[Arrays.asList(words).indexOf(word)];
      if (format == Format.LIGHTWEIGHT && descending()) {
        throw Problem.badParameter("order", "must be asc: lightweight-charts takes no other order");
      }
      return format;
    }
    for (String type : accepted) {
      for (Format format : offered) {
        if (format.isAskedForBy(type)) {
          return format;
        }
      }
    }
    return Format.JSON;
  }

  /** {@code cursor}, if given: it must have been written with this kind and number of parts. */
  public @Nullable Cursor cursor(String kind, int parts) {
    String value = values.get("cursor");
    if (value == null) {
      return null;
    }
    Cursor cursor = Cursor.read(value, kind, parts);
    if (cursor == null) {
      throw Cursor.refused();
    }
    return cursor;
  }

  /**
   * {@code from} and {@code to}: RFC 3339, a date (midnight UTC), or a number in {@code unit};
   * anything finer than a microsecond is rounded up, so that a range means what it says. Neither
   * may be before 1800, nor {@code from} after 2100 or after {@code to}.
   */
  public Range range(Times unit) {
    Long from = timestamp("from", unit);
    Long to = timestamp("to", unit);
    if (from != null && from > Range.END) {
      throw Problem.badParameter("from", "must not be after 2100-01-01");
    }
    if (from != null && to != null && from > to) {
      throw Problem.badParameter("from", "must not be after to");
    }
    return new Range(from, to == null ? null : Math.min(to, Range.END));
  }

  private @Nullable Long timestamp(String name, Times unit) {
    String value = values.get(name);
    return value == null ? null : timestamp(name, value, unit);
  }

  /**
   * The microseconds of a timestamp in the forms that {@link #range} accepts; anything finer is
   * rounded up.
   */
  public static long timestamp(String name, String value, Times unit) {
    return timestamp(name, value, unit, RoundingMode.CEILING);
  }

  /** The microseconds of the last moment that a text allows: anything finer is truncated. */
  public static long moment(String name, String value, Times unit) {
    return timestamp(name, value, unit, RoundingMode.FLOOR);
  }

  private static long timestamp(String name, String value, Times unit, RoundingMode rounding) {
    long micros;
    try {
      micros = unit.micros(value, rounding);
    } catch (DateTimeException e) {
      throw Problem.badParameter(name, "no such date or time of day");
    } catch (IllegalArgumentException e) {
      throw Problem.badParameter(
          name, "must be RFC 3339 (2026-01-31T09:30:00Z), a date or a number in the unit");
    }
    if (micros < Range.START) {
      throw Problem.badParameter(name, "must not be before 1800-01-01");
    }
    return micros;
  }

  /** An integer; one that does not fit a long becomes the nearest that does. */
  private static long whole(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException tooLong) {
      return value.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}
