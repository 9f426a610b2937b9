package dev.candlewick.client.format;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether each row of a file is later than those of its instrument before it: then no two of them
 * are the same candle. Times are compared as text, so "no" may also mean that they are not written
 * alike.
 */
final class Ascending {
  /** More of them are not remembered. */
  private static final int MOST_INSTRUMENTS = 50_000;

  /** With quotes and six decimal places: the server cuts off what is finer. */
  private static final int LONGEST = "\"2026-01-02T03:04:05.123456Z\"".length();

  private final Map<String, String> latest = new HashMap<>();
  private String instrument = "";
  private @Nullable String time;
  private boolean holds = true;

  /** Adds a row; {@code at} is JSON. True if it, and all before it, are later than others. */
  boolean add(CharSequence of, String at) {
    if (!holds) {
      return false;
    }
    if (!instrument.contentEquals(of)) {
      if (time != null) {
        latest.put(instrument, time);
      }
      instrument = of.toString();
      time = latest.get(instrument);
    }
    holds = latest.size() < MOST_INSTRUMENTS && (time == null ? isTime(at) : isLater(at, time));
    time = at;
    return holds;
  }

  /** A whole number, or a time in UTC. */
  private static boolean isTime(String time) {
    boolean isText = time.endsWith("Z\"") && time.length() <= LONGEST;
    return isText || (!time.isEmpty() && time.chars().allMatch(Ascending::isDigit));
  }

  private static boolean isLater(String time, String before) {
    boolean isAlike = time.length() == before.length();
    for (int i = 0; isAlike && i < time.length(); i++) {
      char c = time.charAt(i);
      char was = before.charAt(i);
      isAlike = c == was || (isDigit(c) && isDigit(was));
    }
    return isAlike && time.compareTo(before) > 0;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
