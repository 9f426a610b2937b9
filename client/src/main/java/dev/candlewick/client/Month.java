package dev.candlewick.client;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A month of a subject of which files have rows.
 *
 * @param from when the server must begin to have the same rows, in microseconds
 * @param to when it need not any longer
 * @param inFiles of the files' rows
 */
record Month(Map<String, String> subject, YearMonth month, long from, long to, Tally inFiles) {
  /** The month of a time in microseconds. */
  static YearMonth of(long micros) {
    return YearMonth.from(
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atZone(ZoneOffset.UTC).toLocalDate());
  }

  /** When it starts, in microseconds. */
  static long start(YearMonth month) {
    return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000_000;
  }

  /** Whether a row of the subject belongs to it. */
  boolean has(long micros) {
    return micros >= from && micros < to;
  }

  /** {@code binance BTCUSDT 1m 2024-01}. */
  @Override
  public String toString() {
    return String.join(" ", subject.values()) + " " + month;
  }
}
