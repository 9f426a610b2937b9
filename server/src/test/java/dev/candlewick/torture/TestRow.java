package dev.candlewick.torture;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * A client's rows are numbered from 1 on, and the number is the price: what is stored tells which
 * row it is, and how often. Some rows are bad, which ones is known by their number.
 */
final class TestRow {
  /** Far enough back that even long runs stay in the past, where candles are closed. */
  private static final long START = System.currentTimeMillis() - Duration.ofDays(5).toMillis();

  private static final long MILLIS_APART = 50;

  /** A size that the database alone refuses, by a constraint of the test's. */
  static final int POISON = 666;

  /** A kind of record that only this test has. */
  static final String KIND = "tortured";

  static final String DECLARATION =
      """
      {"kind":"tortured","key":["venue","symbol","sending"],"columns":[
        {"name":"venue","type":"venue","required":true},{"name":"symbol","type":"symbol","required":true},
        {"name":"sending","type":"integer","required":true},{"name":"number","type":"integer","required":true},
        {"name":"price","type":"decimal"},{"name":"size","type":"number","min":0}]}
      """;

  private TestRow() {}

  /** Whether our rules refuse the row. */
  static boolean isInvalid(long number) {
    return number % 89 == 7;
  }

  /** Whether only the database refuses it. */
  private static boolean isPoison(long number) {
    return number % 1_009 == 3;
  }

  static boolean isBad(long number) {
    return isInvalid(number) || isPoison(number);
  }

  static JsonObject trade(long number) {
    int size = isInvalid(number) ? -1 : isPoison(number) ? POISON : 1;
    return new JsonObject().put("ts", ts(number)).put("price", number).put("size", size);
  }

  static JsonObject quote(long number) {
    return new JsonObject()
        .put("ts", ts(number))
        .put("bid", number)
        .put("bid_size", isBad(number) ? -1 : 1);
  }

  /** A row of {@link #KIND}. */
  static JsonObject record(long number) {
    return trade(number).put("number", number).put("price", String.valueOf(number));
  }

  private static long ts(long number) {
    return START + number * MILLIS_APART;
  }
}
