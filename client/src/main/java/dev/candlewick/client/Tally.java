package dev.candlewick.client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Aggregates of a month's rows, in whatever order they are added. */
final class Tally {
  private static final Pattern NUMBER =
      Pattern.compile("(?:^| )([a-z][a-z0-9_]*)=(-?[0-9.]+(?:E[-+]?[0-9]+)?)(?= |$)");

  /** A sum and what was lost by rounding it. */
  private static final class Sum {
    private double value;
    private double lost;

    void add(double addend) {
      double sum = value + addend;
      double of = sum - value;
      lost += (value - (sum - of)) + (addend - of);
      value = sum;
    }
  }

  private final Map<String, Sum> sums = new TreeMap<>();
  private long rows;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long digest;

  void add(long micros, String body) {
    rows++;
    first = Math.min(first, micros);
    last = Math.max(last, micros);
    digest += hash(micros, body);
    for (Matcher found = NUMBER.matcher(body); found.find(); ) {
      sums.computeIfAbsent(found.group(1), any -> new Sum())
          .add(Double.parseDouble(found.group(2)));
    }
  }

  /** 64 bits of FNV-1a, mixed so that their sum distinguishes rows in any order. */
  private static long hash(long micros, String body) {
    long hash = 0xcbf29ce484222325L ^ micros * 0x9e3779b97f4a7c15L;
    for (byte b : body.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    return hash ^ (hash >>> 32);
  }

  long rows() {
    return rows;
  }

  boolean isAs(Tally other) {
    return rows == other.rows && digest == other.digest;
  }

  /** The named sums, to 12 digits. */
  private Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    for (String name :
        new String[] {"close", "volume", "price", "size", "bid", "ask", "quantity", "pnl", "fee"}) {
      Sum sum = sums.get(name);
      if (sum != null && shown.size() < 3) {
        shown.put(name, String.format(Locale.ROOT, "%.12g", sum.value + sum.lost));
      }
    }
    return shown;
  }

  /** Rows, first and last time, sums and digest, in one line. */
  @Override
  public String toString() {
    if (rows == 0) {
      return "no rows";
    }
    StringBuilder text = new StringBuilder();
    text.append(rows).append(" rows ").append(time(first)).append(" to ").append(time(last));
    shown().forEach((name, sum) -> text.append(' ').append(name).append(' ').append(sum));
    return text.append(" digest ").append(String.format("%016x", digest)).toString();
  }

  static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
