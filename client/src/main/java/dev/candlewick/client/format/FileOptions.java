package dev.candlewick.client.format;

import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The description of files, besides their names; all of it shapes their rows.
 *
 * @param kind what rows they contain
 * @param format {@code auto} or a format's name
 * @param given what is known about the instrument
 * @param zone of dates and times without one
 * @param unit of the numbers in {@code ts} in Candlewick's own format: s, ms, us, ns
 * @param map columns by fields, {@code open_time:ms}; empty if there is none
 * @param table of a database; empty if not given
 * @param query of a database, in its own SQL; empty if not given
 */
public record FileOptions(
    Kind kind,
    String format,
    Given given,
    ZoneId zone,
    String unit,
    Map<String, String> map,
    String table,
    String query) {

  /** The instrument, as far as it is given. */
  public record Given(
      @Nullable String venue, @Nullable String symbol, @Nullable String timeframe) {}

  /** Parses {@code ts=open_time:ms,open=o}; a comma in a name is written {@code \,}. */
  public static Map<String, String> map(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String pair : text.split("(?<!\\\\),")) {
      int equals = pair.indexOf('=');
      if (equals < 1 || equals == pair.length() - 1) {
        throw new IllegalArgumentException("\"" + pair + "\" is not field=column");
      }
      String field = pair.substring(0, equals).strip();
      if (map.put(field, pair.substring(equals + 1).replace("\\,", ",")) != null) {
        throw new IllegalArgumentException("duplicate field " + field);
      }
    }
    return map;
  }
}
