package dev.candlewick.client;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Aggregates of a month's rows, in whatever order they are added. */
final class Tally {
  private static final List<String> SUMMED =
      List.of("close", "volume", "price", "size", "bid", "ask", "quantity", "pnl", "fee");

  private static final int SHOWN = 3;

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

  private final @Nullable Sum[] sums = new @Nullable Sum[SUMMED.size()];
  private long rows;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long digest;

  void add(long micros, String body) {
    rows++;
    first = Math.min(first, micros);
    last = Math.max(last, micros);
    digest += hash(micros, body);
    int end;
    for (int at = 0; at < body.length(); at = end + 1) {
      int space = body.indexOf(' ', at);
      end = space < 0 ? body.length() : space;
      sum(body, at, end);
    }
  }

  /** Adds the number there, if it is one that is summed. */
  private void sum(String body, int at, int end) {
    int value = body.indexOf('=', at) + 1;
    for (int i = 0; i < sums.length; i++) {
      String name = SUMMED.get(i);
      if (value - 1 - at == name.length() && body.startsWith(name, at)) {
        Sum sum = sums[i];
        if (sum == null) {
          sum = new Sum();
          sums[i] = sum;
        }
        sum.add(number(body.substring(value, end)));
      }
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** 64 bits of FNV-1a, mixed so that their sum distinguishes rows in any order. */
  private static long hash(long micros, String body) {
    long hash = 0xcbf29ce484222325L ^ micros * 0x9e3779b97f4a7c15L;
    for (int i = 0; i < body.length(); i++) {
      hash = (hash ^ body.charAt(i)) * 0x100000001b3L;
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

  long first() {
    return first;
  }

  long last() {
    return last;
  }

  /** The first of the sums, to 12 digits. */
  private String shown() {
    StringBuilder shown = new StringBuilder();
    int count = 0;
    for (int i = 0; i < sums.length && count < SHOWN; i++) {
      Sum sum = sums[i];
      if (sum != null) {
        String text = String.format(Locale.ROOT, "%.12g", sum.value + sum.lost);
        shown.append(' ').append(SUMMED.get(i)).append(' ').append(text);
        count++;
      }
    }
    return shown.toString();
  }

  /** Rows, first and last time, sums and digest, in one line. */
  @Override
  public String toString() {
    if (rows == 0) {
      return "no rows";
    }
    return rows
        + " rows "
        + time(first)
        + " to "
        + time(last)
        + shown()
        + String.format(" digest %016x", digest);
  }

  static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }
}
